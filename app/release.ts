// What a new state of the code owes the Temporal server before its worker polls: search attributes, the sweep's Schedule, and an
// end for runs that no worker will ever continue. Safe to repeat; never touches the store.
import { ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, Connection, ScheduleOptions } from '@temporalio/client';
import { SEARCH_ATTRIBUTES, SWEEP_SCHEDULE, TASK_QUEUE, WORKFLOW } from '../workflows/contract.ts';
import { endOpenRuns } from './stranded-runs.ts';
import { StartProblem } from './start-problem.ts';

export interface Release {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  /** Hash of the workflow bundle. */
  readonly hash: string;
  /** How often the sweep starts; tests shorten it. */
  readonly everyMs?: number;
}

/** As Temporal's API numbers the types of search attributes. */
const ATTRIBUTE_TYPE = { KEYWORD: 2, INT: 3 } as const;
const MINUTE_MS = 60_000;
/** A sweep that lost its worker must not block the next ones. */
const SWEEP_LIMIT_MS = 90_000;
const MEMO_KEY = 'dreyBundle';

/** Registers the search attributes that are missing: a start with an unknown one is refused. */
async function registerSearchAttributes({ connection, namespace }: Release): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => customAttributes[name] === undefined);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, ATTRIBUTE_TYPE[type]]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    const list = missing.map(([name, type]) => `${name}=${type === 'INT' ? 'Int' : 'Keyword'}`).join(', ');
    throw new StartProblem(`Temporal namespace ${namespace} lacks search attributes and does not let drey add them (${String(error)}): add ${list} there.`);
  }
}

function sweepSchedule({ hash, everyMs = MINUTE_MS }: Release) {
  return {
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.sweep,
      workflowId: WORKFLOW.sweep,
      taskQueue: TASK_QUEUE,
      args: [],
      workflowRunTimeout: SWEEP_LIMIT_MS,
      staticSummary: 'looks at every cluster and wakes what needs a look',
      memo: { [MEMO_KEY]: hash },
    },
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: everyMs, pauseOnFailure: false },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
}

/** Creates or updates the Schedule. Returns the bundle that was released last, undefined the first time. */
async function putSchedule(release: Release): Promise<string | undefined> {
  const handle = release.client.schedule.getHandle(SWEEP_SCHEDULE);
  const schedule = sweepSchedule(release);
  try {
    let last: unknown;
    await handle.update((previous) => {
      last = previous.action.memo?.[MEMO_KEY];
      return { ...previous, ...schedule };
    });
    return typeof last === 'string' ? last : undefined;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await release.client.schedule.create({ scheduleId: SWEEP_SCHEDULE, ...schedule });
    return undefined;
  }
}

/** Prepares the server for this release. Returns the bundle that was released last, undefined the first time. Safe to repeat. */
export async function prepareServer(order: Release): Promise<string | undefined> {
  await registerSearchAttributes(order);
  return putSchedule(order);
}

/**
 * The release of the only worker, which takes the place of the last one: every run that another bundle began is stranded, and is ended. Returns how
 * many were. A sweep left open by a platform that died is ended in any case.
 */
export async function release(order: Release): Promise<number> {
  const last = await prepareServer(order);
  const isNew = last !== undefined && last !== order.hash;
  return endOpenRuns(order, isNew ? Object.values(WORKFLOW) : [WORKFLOW.sweep], `replaced by release ${order.hash}; the next sweep looks again`);
}
