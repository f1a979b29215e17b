// GET /api/v1/status/resourceusage (vvp.md §1.14): what the Jobs of some days had, as CSV. From the Jobs that are kept, by what was ordered.
import { consumption, DAY_MS } from '../domain/consumption.ts';
import type { DayOfDeployment } from '../domain/consumption.ts';
import type { Instant } from '../domain/instant.ts';
import type { Handler } from './handler.ts';
import { Problem } from './problem.ts';

const DEFAULT_DAYS = 7;
const MAX_DAYS = 366;

const COLUMNS = 'date,namespace,deploymentName,deploymentId,jobs,runHours,cpuHours';

export const getResourceUsage: Handler<'getResourceUsage'> = async ({ query }, { store }) => {
  const { now, jobs, from, to } = await store.transaction(async (tx) => {
    const at = await store.now(tx);
    const days = chooseDays(query, at);
    return { now: at, ...days, jobs: await store.jobs.ranBetween(tx, days.from, days.to) };
  });
  const rows = consumption(jobs, { from, to, now }).map(toRow);
  const comments = [
    `# Resource usage from ${toDay(from)} (inclusive) to ${toDay(to)} (exclusive), UTC; made at ${new Date(now).toISOString()}`,
    '# cpuHours: the cpu ordered for JobManager and TaskManagers times the hours that the Job was started; 0 for Jobs on session clusters',
    '# Missing: Jobs that are no longer kept, Jobs of deleted Deployments, and session clusters themselves',
  ];
  return { code: 200, body: `${[...comments, COLUMNS, ...rows].join('\n')}\n` };
};

interface Asked {
  readonly from?: string;
  readonly to?: string;
}

/** The last seven days with today unless asked otherwise. The contract has checked that each is a day. */
function chooseDays({ from, to }: Asked, now: Instant): { readonly from: Instant; readonly to: Instant } {
  const tomorrow = Math.floor(now / DAY_MS) * DAY_MS + DAY_MS;
  const start = from === undefined ? undefined : Date.parse(`${from}T00:00:00Z`);
  const end = to === undefined ? Math.max(tomorrow, start === undefined ? 0 : start + DAY_MS) : Date.parse(`${to}T00:00:00Z`);
  const days = { from: start ?? end - DEFAULT_DAYS * DAY_MS, to: end };
  if (days.from >= days.to) throw new Problem('invalid', 'must be before to, which is exclusive', 'from');
  if (days.to - days.from > MAX_DAYS * DAY_MS) throw new Problem('invalid', `must be at most ${MAX_DAYS} days before to`, 'from');
  return days;
}

function toRow({ day, namespace, deploymentName, deploymentId, jobs, runMs, cpuMs }: DayOfDeployment): string {
  return [toDay(day), namespace, deploymentName, deploymentId, jobs, inHours(runMs), inHours(cpuMs)].join(',');
}

function toDay(instant: Instant): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function inHours(ms: number): string {
  return (ms / 3_600_000).toFixed(4);
}
