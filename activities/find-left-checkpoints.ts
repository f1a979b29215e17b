// The checkpoints that an ended job left: what lies in its checkpoint directory, and what Flink or the watch told of besides, if it is
// there. On a file system that cannot be looked at from here Flink's word counts, where the retention keeps checkpoints at such an end.
// The archive of the JobManager is not read: it tells no more than the directory, and its `discarded` is taken too early.
import { checkpointDirectoryOf } from '../domain/effective.ts';
import { toFlinkJobId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';
import type { Job, SeenSnapshot } from '../domain/job.ts';
import { keepsCheckpoints } from '../domain/restore.ts';
import type { ActivityDeps } from './deps.ts';
import { toCheckpoints } from './look-at-job.ts';
import { reachJob } from './reach.ts';

export interface LeftCheckpoint {
  readonly id: number;
  readonly location: string;
  /** When it was triggered, else when its metadata was written. */
  readonly at: Instant;
}

/** `seen`: the newest that the watch saw. Throws when the directory is there and cannot be read. */
export async function findLeftCheckpoints(deps: ActivityDeps, job: Job, seen: SeenSnapshot | undefined): Promise<readonly LeftCheckpoint[]> {
  const { storage } = deps.flink;
  const directory = checkpointDirectoryOf(job.flinkConfiguration);
  const told = [...(await toldByFlink(deps, job)), job.newestCheckpoint, seen].filter((one) => one !== undefined);
  const listed = directory === undefined ? [] : await storage.listCheckpoints(directory, toFlinkJobId(job.id));
  const found = new Map<number, LeftCheckpoint>();
  for (const { checkpointId: id, location, writtenAt } of listed) {
    if (id !== undefined) found.set(id, { id, location, at: told.find((one) => one.id === id)?.at ?? writtenAt });
  }
  for (const { id, location, at } of told) {
    if (location === undefined || found.has(id)) continue;
    const isThere = storage.sees(location) ? await storage.exists(location) : keepsCheckpoints(job) && job.end?.how !== 'FINISHED';
    if (isThere) found.set(id, { id, location, at });
  }
  const { voidSince } = job;
  return [...found.values()].filter(({ at }) => voidSince === undefined || at < voidSince).toSorted((a, b) => b.id - a.id);
}

async function toldByFlink(deps: ActivityDeps, job: Job): Promise<readonly (SeenSnapshot | undefined)[]> {
  const reach = await reachJob(deps, job);
  if (reach.kind !== 'rest') return [];
  const stats = await reach.rest.checkpoints(toFlinkJobId(job.id));
  return stats.kind === 'done' ? [toCheckpoints(stats.value, true).newest] : [];
}
