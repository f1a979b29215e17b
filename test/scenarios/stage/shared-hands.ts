// The hands that are the same in both worlds: what anybody can do with Flink's own REST and with files.
import { randomBytes, randomUUID } from 'node:crypto';
import { rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkpointDirectoryOf } from '../../../domain/effective.ts';
import type { FlinkJobId, TriggerId } from '../../../domain/ids.ts';
import { normaliseLocation } from '../../../domain/location.ts';
import { type Cast, flinkIdOf, insist, newestJob, restOrThrow, valueOf } from './cast.ts';
import type { Hands } from './stage.ts';
import { untilSeen } from './waiting.ts';

type Shared =
  | 'stopFromOutside'
  | 'untilCheckpoint'
  | 'runForeignJob'
  | 'runsInFlink'
  | 'cancelInFlink'
  | 'removeData'
  | 'removeCheckpoints'
  | 'hideCheckpoints'
  | 'showCheckpoints';

export function sharedHands(cast: Cast): Pick<Hands, Shared> {
  return {
    stopFromOutside: () => stop(cast),
    untilCheckpoint: () => untilCheckpoints(cast, 1),
    runForeignJob: () => runForeignJob(cast),
    runsInFlink: async (id) => {
      const rest = await restOrThrow(cast, await newestJob(cast));
      const seen = await insist(cast, 'a job', () => rest.job(id as FlinkJobId));
      return seen !== undefined && !ENDED.includes(seen.status);
    },
    cancelInFlink: async (id) => {
      const rest = await restOrThrow(cast, await newestJob(cast));
      await insist(cast, 'a cancel', () => rest.cancel(id as FlinkJobId));
    },
    removeData: (location) => rm(fileURLToPath(normaliseLocation(location)), { recursive: true, force: true }),
    removeCheckpoints: async () => rm(await checkpointFolder(cast), { recursive: true, force: true }),
    hideCheckpoints: async () => {
      const folder = await checkpointFolder(cast);
      await rename(folder, `${folder}.aside`);
      // Nobody can follow a link to itself, whatever he may read.
      await symlink(folder, folder);
    },
    showCheckpoints: async () => {
      const folder = await checkpointFolder(cast);
      await rm(folder);
      await rename(`${folder}.aside`, folder);
    },
  };
}

const ENDED = ['FINISHED', 'CANCELED', 'FAILED'];

async function checkpointFolder(cast: Cast): Promise<string> {
  const job = await newestJob(cast);
  const directory = checkpointDirectoryOf(job.flinkConfiguration);
  if (directory === undefined) throw new Error(`Job ${job.id} has no directory for checkpoints`);
  return join(fileURLToPath(normaliseLocation(directory)), flinkIdOf(job));
}

async function stop(cast: Cast): Promise<string> {
  const job = await newestJob(cast);
  const rest = await restOrThrow(cast, job);
  const triggerId = randomBytes(16).toString('hex') as TriggerId;
  const targetDirectory = pathToFileURL(join(cast.platform.home, 'outside', randomUUID())).href;
  await insist(cast, 'a stop', () => rest.stop(flinkIdOf(job), { triggerId, targetDirectory, format: 'CANONICAL' }));
  const done = await untilSeen(cast.patience, {
    what: 'for a stop from outside',
    look: () => insist(cast, 'its progress', () => rest.savepointProgress(flinkIdOf(job), triggerId)),
    accepts: ({ kind }) => kind !== 'inProgress',
  });
  if (done.kind !== 'completed') throw new Error(`the stop from outside is ${JSON.stringify(done)}`);
  return normaliseLocation(done.location);
}

async function runForeignJob(cast: Cast): Promise<string> {
  const rest = await restOrThrow(cast, await newestJob(cast));
  const jarId = valueOf(await rest.uploadJar(fileURLToPath(cast.platform.jarUri), 'foreign.jar'));
  const jobId = randomBytes(16).toString('hex') as FlinkJobId;
  const order = { jobId, entryClass: cast.entryClass, args: [], parallelism: 1, allowNonRestoredState: false, flinkConfiguration: {} };
  return valueOf(await rest.run(jarId, order)).jobId;
}

/** Waits until the newest Job's Flink job has completed so many. */
export async function untilCheckpoints(cast: Cast, count: number): Promise<void> {
  await untilSeen(cast.patience, { what: `for ${count} checkpoints`, look: () => checkpointsOf(cast), accepts: (completed) => completed >= count });
}

export async function checkpointsOf(cast: Cast): Promise<number> {
  const job = await newestJob(cast);
  const answer = await (await restOrThrow(cast, job)).checkpoints(flinkIdOf(job));
  return answer.kind === 'done' ? answer.value.completedCount : 0;
}
