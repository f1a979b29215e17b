// How the fleet does, in numbers that alarms watch: whether it is looked at, whether work waits or fails, and which Deployments need somebody. Written as one
// line of the log, from which CloudWatch makes metrics (its embedded metric format).
import { TASK_QUEUE, WORKFLOW } from '../../workflows/contract.ts';
import type { Fleet } from '../stranded-runs.ts';

const UNITS = {
  /** Since the last sweep was over. */
  SweepAge: 'Seconds',
  /** Runs whose workflow task fails again and again. */
  WorkflowTaskFailures: 'Count',
  /** How long the oldest task waits for a worker. */
  ScheduleToStart: 'Milliseconds',
  /** Tasks that wait for a worker. */
  Backlog: 'Count',
  /** Deployments whose state is FAILED. */
  FailedDeployments: 'Count',
} as const;

export type FleetMetrics = { readonly [Name in keyof typeof UNITS]?: number };

export interface Measured {
  readonly fleet: Fleet;
  /** Of the database. */
  readonly countByState: () => Promise<Readonly<Record<string, number>>>;
  /** Milliseconds to wait for Temporal's answers. */
  readonly patienceMs?: number;
  readonly log: { error(context: object, message: string): void };
}

const WORKFLOW_TASKS = 1;
const ACTIVITY_TASKS = 2;
/** A function that waits is paid for. */
const PATIENCE_MS = 5000;
/** A release that did not have a sweep yet is as old as that. */
const NEVER_S = 86_400;

/** What could not be measured is absent, and logged. */
export async function measureFleet({ fleet, countByState, log, patienceMs = PATIENCE_MS }: Measured): Promise<FleetMetrics> {
  const part = async (measure: () => Promise<FleetMetrics>): Promise<FleetMetrics> =>
    fleet.connection.withDeadline(Date.now() + patienceMs, measure).catch((error: unknown) => {
      log.error({ err: error }, 'a part of the metrics could not be measured');
      return {};
    });
  const parts = await Promise.all([
    part(async () => ({ SweepAge: await sweepAge(fleet) })),
    part(async () => ({ WorkflowTaskFailures: await troubled(fleet) })),
    part(async () => waiting(fleet)),
    part(async () => ({ FailedDeployments: (await countByState())['FAILED'] ?? 0 })),
  ]);
  return Object.assign({}, ...parts) as FleetMetrics;
}

/** `at`: milliseconds since 1970. */
export function toMetricLine(metrics: FleetMetrics, { at, functionName }: { readonly at: number; readonly functionName: string }): string {
  const Metrics = Object.keys(metrics).map((Name) => ({ Name, Unit: UNITS[Name as keyof typeof UNITS] }));
  const _aws = { Timestamp: at, CloudWatchMetrics: [{ Namespace: 'drey', Dimensions: [['FunctionName']], Metrics }] };
  return `${JSON.stringify({ _aws, FunctionName: functionName, ...metrics })}\n`;
}

async function sweepAge({ client }: Fleet): Promise<number> {
  for await (const { closeTime } of client.workflow.list({ query: `WorkflowType = '${WORKFLOW.sweep}' AND ExecutionStatus = 'Completed'`, pageSize: 1 }))
    if (closeTime) return Math.max(0, Math.round((Date.now() - closeTime.getTime()) / 1000));
  return NEVER_S;
}

async function troubled({ client }: Fleet): Promise<number> {
  return (await client.workflow.count(`ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL`)).count;
}

/** Over the tasks of workflows and of activities, of all builds together. */
async function waiting({ connection, namespace }: Fleet): Promise<FleetMetrics> {
  const ofQueue = (taskQueueType: number) =>
    connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: TASK_QUEUE }, taskQueueType, reportStats: true });
  const queues = await Promise.all([ofQueue(WORKFLOW_TASKS), ofQueue(ACTIVITY_TASKS)]);
  return {
    Backlog: queues.reduce((sum, { stats }) => sum + Number(stats?.approximateBacklogCount ?? 0), 0),
    ScheduleToStart: Math.max(...queues.map(({ stats }) => Number(stats?.approximateBacklogAge?.seconds ?? 0) * 1000)),
  };
}
