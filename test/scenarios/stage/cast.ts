// What hands need to find a Deployment's Flink behind drey's back: its Jobs as recorded, their clusters, their REST. Changes nothing.
import { reachJob } from '../../../activities/reach.ts';
import { parseId, toFlinkJobId, type FlinkJobId } from '../../../domain/ids.ts';
import type { Job } from '../../../domain/job.ts';
import type { Answer, FlinkRest, LocalClusterId } from '../../../flink/flink.ts';
import type { TestPlatform } from '../../fixtures/a-platform.ts';
import { type Patience, untilSeen } from './waiting.ts';

export interface Cast {
  readonly platform: TestPlatform;
  readonly deploymentId: string;
  /** Where the real job looks for what it is told. */
  readonly folder: string;
  readonly entryClass: string;
  readonly patience: Patience;
}

/** Newest first. */
export function jobsOf({ platform: { store }, deploymentId }: Cast): Promise<readonly Job[]> {
  return store.jobs.ofDeployment(store.read, parseId<'DeploymentId'>(deploymentId));
}

export async function newestJob(cast: Cast): Promise<Job> {
  const [job] = await jobsOf(cast);
  if (job === undefined) throw new Error('no Job was created yet');
  return job;
}

/** J1 is 1. */
export async function nthJob(cast: Cast, n: number): Promise<Job> {
  const job = (await jobsOf(cast)).at(-n);
  if (job === undefined) throw new Error(`there is no J${n}`);
  return job;
}

export function clusterOf({ id, place, incarnation }: Job): LocalClusterId | undefined {
  if (place.kind === 'local') return { kind: 'job', jobId: id };
  return place.kind === 'session' ? { kind: 'session', sessionClusterId: place.sessionClusterId, incarnation: incarnation ?? 1 } : undefined;
}

export const flinkIdOf = ({ id }: Pick<Job, 'id'>): FlinkJobId => toFlinkJobId(id);

export async function restOf({ platform }: Cast, job: Job): Promise<FlinkRest | undefined> {
  const reach = await reachJob(platform.deps, job);
  return reach.kind === 'rest' ? reach.rest : undefined;
}

export async function restOrThrow(cast: Cast, job: Job): Promise<FlinkRest> {
  const rest = await restOf(cast, job);
  if (rest === undefined) throw new Error(`the Flink of Job ${job.id} cannot be reached`);
  return rest;
}

/** Asks again while Flink is silent: for requests that may be sent twice. */
export async function insist<T>({ patience }: Cast, what: string, ask: () => Promise<Answer<T>>): Promise<T> {
  return valueOf(await untilSeen(patience, { what: `for ${what}`, look: ask, accepts: ({ kind }) => kind !== 'unavailable' }));
}

export function valueOf<T>(answer: Answer<T>): T {
  if (answer.kind !== 'done') throw new Error(`Flink: ${answer.kind}, ${answer.reason}`);
  return answer.value;
}
