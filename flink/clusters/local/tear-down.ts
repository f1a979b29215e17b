// Ends a local cluster for good: takes the right to start it, ends every process of it and waits until they are dead, then removes what
// only they needed. Logs and notes stay. Safe to repeat, at any moment.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterFolder, readRecord, readStart, takeRight } from './cluster-folder.ts';
import type { Host } from './host.ts';
import { isBeingBorn, mayStillStart } from './observe-cluster.ts';
import { endGroups, findMarked } from './processes.ts';
import { markOf } from './spawn-jvm.ts';

const POLL_MS = 50;
const PATIENCE_WITH_SPAWNER_MS = 30_000;

/** Throws an Error when the cluster belongs to another installation, or cannot be ended. */
export async function tearDownCluster(host: Host, folder: ClusterFolder): Promise<void> {
  await takeRight(folder, { by: 'tearDown', installationId: host.installationId });
  const note = await readStart(folder);
  if (note === undefined || note.installationId !== host.installationId)
    throw new Error(`the cluster in ${folder.path} belongs to another installation of drey`);
  if (note.by === 'start') {
    await untilStarted(folder, () => mayStillStart(folder, note));
    await endAll(folder, host.patienceMs);
  }
  for (const name of ['tmp', 'conf']) await rm(join(folder.path, name), { recursive: true, force: true });
}

/** Somebody else is starting it: what will be started is not known before they are done. */
async function untilStarted(folder: ClusterFolder, mayStart: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; (await readRecord(folder)) === undefined && (await mayStart()); waited += POLL_MS) {
    if (waited > PATIENCE_WITH_SPAWNER_MS) throw new Error(`the cluster in ${folder.path} is being started by another process that does not get on`);
    await sleep(POLL_MS);
  }
}

/** Looked for again until there are none: one may have been started while we looked. Whom the record does not know may still be unborn. */
async function endAll(folder: ClusterFolder, patienceMs: number): Promise<void> {
  for (;;) {
    const isUnborn = (await readRecord(folder))?.jobManager === undefined && (await isBeingBorn(folder));
    const found = await findMarked(markOf(folder));
    if (found.length > 0) await endGroups(found, patienceMs);
    else if (!isUnborn) return;
    else await sleep(POLL_MS);
  }
}
