// How much CPU Flink has, or had, by what was ordered for it: TaskManagers and JobManagers of Jobs with a cluster of their own, and of session
// clusters. Whoever runs on a session cluster adds nothing to it. Pure; nothing is measured.
import type { FullTemplate } from './deployment.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import type { SessionCluster } from './session-cluster.ts';
import type { Resources } from './template.schema.ts';

/** The part of a template that says how much is ordered. */
interface Ordered {
  readonly template: { readonly spec: Pick<FullTemplate['spec'], 'parallelism' | 'numberOfTaskManagers' | 'resources' | 'flinkConfiguration'> };
}

/** TaskManagers of a Job's own cluster: as ordered, else enough for one slot each (vvp.md §1.2). */
export function wantedTaskManagers({ template }: Ordered): number {
  const { numberOfTaskManagers, parallelism, flinkConfiguration } = template.spec;
  const slots = Number(flinkConfiguration['taskmanager.numberOfTaskSlots'] ?? parallelism);
  return numberOfTaskManagers ?? Math.ceil(parallelism / Math.max(1, Number.isFinite(slots) ? slots : 1));
}

function cpuOf({ jobmanager, taskmanager }: Resources, taskManagers: number): number {
  return (jobmanager?.cpu ?? 1) + (taskmanager?.cpu ?? 1) * taskManagers;
}

export function cpuOfJob(job: Ordered & Pick<Job, 'place'>): number {
  return job.place.kind === 'session' ? 0 : cpuOf(job.template.spec.resources, wantedTaskManagers(job));
}

/** Of a cluster that somebody else runs, or that does not run: none. */
export function cpuOfSessionCluster({ spec, status }: Pick<SessionCluster, 'spec' | 'status'>): number {
  if (spec.external !== undefined || status.state === 'STOPPED' || status.state === 'FAILED') return 0;
  return cpuOf(spec.resources ?? {}, spec.numberOfTaskManagers ?? 1);
}

export const DAY_MS = 86_400_000;

/** What the Jobs of one Deployment had on one day. */
export interface DayOfDeployment {
  /** Its first moment, UTC. */
  readonly day: Instant;
  readonly namespace: string;
  readonly deploymentName: string;
  readonly deploymentId: string;
  readonly jobs: number;
  readonly runMs: number;
  readonly cpuMs: number;
}

/** What a Job had, and when. */
export type JobRun = Ordered & Pick<Job, 'namespace' | 'deploymentName' | 'deploymentId' | 'place' | 'startedAt' | 'terminatedAt'>;

/** The days from `from` to before `to` on which any of the Jobs ran until `now`, in order. */
export function consumption(
  jobs: readonly JobRun[],
  { from, to, now }: { readonly from: Instant; readonly to: Instant; readonly now: Instant },
): DayOfDeployment[] {
  const days = new Map<string, DayOfDeployment>();
  for (const job of jobs) {
    for (let day = Math.max(from, dayOf(job.startedAt ?? to)); day < Math.min(to, job.terminatedAt ?? now); day += DAY_MS) {
      const runMs = overlap(job, { from: day, to: Math.min(day + DAY_MS, now) });
      if (runMs <= 0) continue;
      const { namespace, deploymentName, deploymentId } = job;
      const key = `${day} ${deploymentId}`;
      const sum = days.get(key) ?? { day, namespace, deploymentName, deploymentId, jobs: 0, runMs: 0, cpuMs: 0 };
      days.set(key, { ...sum, jobs: sum.jobs + 1, runMs: sum.runMs + runMs, cpuMs: sum.cpuMs + runMs * cpuOfJob(job) });
    }
  }
  return [...days.values()].toSorted((a, b) => a.day - b.day || compare(a.namespace, b.namespace) || compare(a.deploymentName, b.deploymentName));
}

function dayOf(instant: Instant): Instant {
  return Math.floor(instant / DAY_MS) * DAY_MS;
}

function overlap({ startedAt, terminatedAt = Infinity }: JobRun, { from, to }: { readonly from: Instant; readonly to: Instant }): number {
  return startedAt === undefined ? 0 : Math.min(terminatedAt, to) - Math.max(startedAt, from);
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
