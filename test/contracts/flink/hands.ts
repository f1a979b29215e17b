// The hands of the contract: a cluster under test, and waiting for what it does. Knows the interface FlinkRest, no HTTP.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import type { FlinkJobId, TriggerId } from '../../../domain/ids.ts';
import type { Answer, FlinkJob, FlinkRest, RunOrder, SavepointProgress } from '../../../flink/flink.ts';

export interface FlinkUnderTest {
  readonly rest: FlinkRest;
  /** A jar whose `entryClass` runs for ever with keyed state and refuses arguments that are no options (TopSpeedWindowing). */
  readonly jarPath: string;
  readonly entryClass: string;
  /** Both `file:///…`, on a disk that Flink and the test share. */
  readonly savepointRoot: string;
  readonly checkpointRoot: string;
  stop(): Promise<void>;
}

export const PATIENCE = { timeout: 30_000, interval: 20 };
export const ENDED = ['FINISHED', 'CANCELED', 'FAILED'];

export const newId = (): string => randomBytes(16).toString('hex');
export const newJobId = (): FlinkJobId => newId() as FlinkJobId;
export const newTriggerId = (): TriggerId => newId() as TriggerId;

export function valueOf<T>(answer: Answer<T>): T {
  if (answer.kind !== 'done') throw new Error(`${answer.kind}: ${answer.reason}`);
  return answer.value;
}

export function hasData(location: string): boolean {
  return existsSync(`${fileURLToPath(location)}/_metadata`);
}

export function allTasksRun({ status, tasks }: FlinkJob): boolean {
  return status === 'RUNNING' && tasks.total > 0 && tasks.running === tasks.total;
}

/** The calls of a test, with its cluster and its jar already named. */
export interface Hands extends FlinkUnderTest {
  readonly jarId: string;
}

export function orderOf(hands: Hands, order: Partial<RunOrder>): RunOrder {
  return { jobId: newJobId(), entryClass: hands.entryClass, args: [], parallelism: 1, allowNonRestoredState: false, flinkConfiguration: {}, ...order };
}

export function run(hands: Hands, order: Partial<RunOrder> = {}): ReturnType<FlinkRest['run']> {
  return hands.rest.run(hands.jarId, orderOf(hands, order));
}

export async function until(hands: Hands, id: FlinkJobId, accept: (job: FlinkJob) => boolean): Promise<FlinkJob> {
  return vi.waitFor(async () => {
    const job = valueOf(await hands.rest.job(id));
    if (job === undefined || !accept(job)) throw new Error(`the job is ${JSON.stringify(job)}`);
    return job;
  }, PATIENCE);
}

/** A job of which every task runs. */
export async function aRunningJob(hands: Hands, order: Partial<RunOrder> = {}): Promise<FlinkJobId> {
  const { jobId } = valueOf(await run(hands, order));
  await until(hands, jobId, allTasksRun);
  return jobId;
}

export async function settled(hands: Hands, id: FlinkJobId, triggerId: TriggerId): Promise<SavepointProgress> {
  return vi.waitFor(async () => {
    const progress = valueOf(await hands.rest.savepointProgress(id, triggerId));
    if (progress.kind === 'inProgress') throw new Error('still in progress');
    return progress;
  }, PATIENCE);
}

export async function stopped(hands: Hands, id: FlinkJobId): Promise<string> {
  const triggerId = newTriggerId();
  valueOf(await hands.rest.stop(id, { triggerId, targetDirectory: `${hands.savepointRoot}/${triggerId}`, format: 'CANONICAL' }));
  const progress = await settled(hands, id, triggerId);
  if (progress.kind !== 'completed') throw new Error(`the stop is ${progress.kind}`);
  return progress.location;
}

export async function completedCheckpoint(hands: Hands, id: FlinkJobId): Promise<void> {
  await vi.waitFor(async () => expect(valueOf(await hands.rest.checkpoints(id)).completedCount).toBeGreaterThan(0), PATIENCE);
}

export function checkpointsOf(hands: Hands): RunOrder['flinkConfiguration'] {
  return {
    'execution.checkpointing.interval': '200 ms',
    'execution.checkpointing.dir': hands.checkpointRoot,
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
  };
}

export function retainedOf(hands: Hands, id: FlinkJobId): readonly string[] {
  const home = `${fileURLToPath(hands.checkpointRoot)}/${id}`;
  return readdirSync(home).filter((name) => name.startsWith('chk-') && existsSync(`${home}/${name}/_metadata`));
}
