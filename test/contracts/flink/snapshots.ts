// Savepoints, stops, cancels and checkpoints: what is asked once, what survives (`reference/flink.md` §2.4, §2.6, §4.2).
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import {
  allTasksRun,
  aRunningJob,
  checkpointsOf,
  completedCheckpoint,
  ENDED,
  type Hands,
  hasData,
  newJobId,
  newTriggerId,
  PATIENCE,
  retainedOf,
  run,
  settled,
  stopped,
  until,
  valueOf,
} from './hands.ts';

export function describeSavepoints(hands: () => Hands): void {
  it('takes one savepoint for one trigger id, however often it is asked', async () => {
    const [jobId, triggerId] = [await aRunningJob(hands()), newTriggerId()];
    const targetDirectory = `${hands().savepointRoot}/${triggerId}`;
    valueOf(await hands().rest.savepoint(jobId, { triggerId, targetDirectory, format: 'CANONICAL' }));
    valueOf(await hands().rest.savepoint(jobId, { triggerId, targetDirectory, format: 'CANONICAL' }));
    const first = await settled(hands(), jobId, triggerId);
    expect(first).toMatchObject({ kind: 'completed', location: expect.stringMatching(`^${targetDirectory}/savepoint-`) });
    valueOf(await hands().rest.savepoint(jobId, { triggerId, targetDirectory: `${targetDirectory}-other`, format: 'CANONICAL' }));
    expect(await settled(hands(), jobId, triggerId)).toEqual(first);
    expect(readdirSync(fileURLToPath(targetDirectory))).toHaveLength(1);
    expect(existsSync(fileURLToPath(`${targetDirectory}-other`))).toBe(false);
    expect(allTasksRun(await until(hands(), jobId, () => true))).toBe(true);
  });

  it('accepts a savepoint of an unknown job and reports the failure later', async () => {
    const [jobId, triggerId] = [newJobId(), newTriggerId()];
    valueOf(await hands().rest.savepoint(jobId, { triggerId, targetDirectory: hands().savepointRoot, format: 'CANONICAL' }));
    const progress = await settled(hands(), jobId, triggerId);
    expect(progress).toMatchObject({ kind: 'failed', reason: `FlinkJobNotFoundException: Could not find Flink job (${jobId})` });
    expect(progress).not.toHaveProperty('location');
  });

  it('does not know a trigger it was never given', async () => {
    const jobId = await aRunningJob(hands());
    expect(valueOf(await hands().rest.savepointProgress(jobId, newTriggerId()))).toEqual({ kind: 'unknownTrigger' });
    expect(valueOf(await hands().rest.savepointProgress(newJobId(), newTriggerId()))).toEqual({ kind: 'unknownTrigger' });
  });

  it('fails a savepoint while not all tasks run, and leaves the job alone', async () => {
    // Waits for slots, as long as the cluster is younger than `slot.request.timeout` (5 min).
    const { jobId } = valueOf(await run(hands(), { parallelism: 100 }));
    await until(hands(), jobId, ({ status }) => status === 'RUNNING');
    const triggerId = newTriggerId();
    valueOf(await hands().rest.stop(jobId, { triggerId, targetDirectory: hands().savepointRoot, format: 'CANONICAL' }));
    const progress = await settled(hands(), jobId, triggerId);
    expect(progress).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/Not all required tasks are currently running/) });
    expect((await until(hands(), jobId, () => true)).status).toBe('RUNNING');
  });
}

export function describeStops(hands: () => Hands): void {
  it('stops a job with a savepoint from which another one starts', async () => {
    const first = await aRunningJob(hands());
    const savepointPath = await stopped(hands(), first);
    expect((await until(hands(), first, ({ status }) => ENDED.includes(status))).status).toBe('FINISHED');
    expect(hasData(savepointPath)).toBe(true);
    const second = await aRunningJob(hands(), { savepointPath });
    const { restored } = await vi.waitFor(async () => {
      const stats = valueOf(await hands().rest.checkpoints(second));
      expect(stats.restored).toBeDefined();
      return stats;
    }, PATIENCE);
    expect(restored).toEqual({ id: 1, at: expect.any(Number), location: savepointPath, isSavepoint: true });
    expect(hasData(savepointPath)).toBe(true);
  });

  it('remembers a stop after the job has ended, and refuses a second one', async () => {
    const jobId = await aRunningJob(hands());
    await stopped(hands(), jobId);
    const triggerId = newTriggerId();
    valueOf(await hands().rest.stop(jobId, { triggerId, targetDirectory: hands().savepointRoot, format: 'CANONICAL' }));
    expect(await settled(hands(), jobId, triggerId)).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/Could not find Flink job/) });
  });
}

export function describeCancels(hands: () => Hands): void {
  it('cancels once or twice alike', async () => {
    const jobId = await aRunningJob(hands());
    expect(valueOf(await hands().rest.cancel(jobId))).toBe('accepted');
    const job = await until(hands(), jobId, ({ status }) => status === 'CANCELED');
    expect(job.endedAt).toBeGreaterThanOrEqual(job.startedAt);
    expect(valueOf(await hands().rest.cancel(jobId))).toBe('accepted');
  });

  it('tells when a job to cancel has ended otherwise, or is unknown', async () => {
    const jobId = await aRunningJob(hands());
    await stopped(hands(), jobId);
    await until(hands(), jobId, ({ status }) => status === 'FINISHED');
    expect(valueOf(await hands().rest.cancel(jobId))).toBe('alreadyEnded');
    expect(valueOf(await hands().rest.cancel(newJobId()))).toBe('unknownJob');
  });
}

export function describeCheckpoints(hands: () => Hands): void {
  it('tells that checkpointing is off', async () => {
    const jobId = await aRunningJob(hands());
    expect(valueOf(await hands().rest.checkpoints(jobId))).toMatchObject({ enabled: false, completedCount: 0 });
  });

  it('names no location for checkpoints that live in memory', async () => {
    const jobId = await aRunningJob(hands(), { flinkConfiguration: { 'execution.checkpointing.interval': '200 ms' } });
    await completedCheckpoint(hands(), jobId);
    const { enabled, latestCompleted } = valueOf(await hands().rest.checkpoints(jobId));
    expect(enabled).toBe(true);
    expect(latestCompleted).toMatchObject({ isSavepoint: false });
    expect(latestCompleted).not.toHaveProperty('location');
  });

  it('keeps the checkpoints of a cancelled job', async () => {
    const jobId = await aRunningJob(hands(), { flinkConfiguration: checkpointsOf(hands()) });
    await completedCheckpoint(hands(), jobId);
    const { enabled, latestCompleted } = valueOf(await hands().rest.checkpoints(jobId));
    expect(enabled).toBe(true);
    expect(latestCompleted?.location).toBe(`${hands().checkpointRoot}/${jobId}/chk-${latestCompleted?.id}`);
    valueOf(await hands().rest.cancel(jobId));
    await until(hands(), jobId, ({ status }) => status === 'CANCELED');
    expect(retainedOf(hands(), jobId)).not.toEqual([]);
  });

  it('discards the checkpoints of a stopped job, and the savepoint is its newest state', async () => {
    const jobId = await aRunningJob(hands(), { flinkConfiguration: checkpointsOf(hands()) });
    await completedCheckpoint(hands(), jobId);
    const location = await stopped(hands(), jobId);
    await until(hands(), jobId, ({ status }) => status === 'FINISHED');
    const stats = await vi.waitFor(async () => {
      const found = valueOf(await hands().rest.checkpoints(jobId));
      expect(found.latestSavepoint?.location).toBe(location);
      return found;
    }, PATIENCE);
    expect(stats.latestCompleted?.discarded).toBe(true);
    expect(stats.latestSavepoint?.id).toBeGreaterThan(stats.latestCompleted?.id ?? Infinity);
    expect(retainedOf(hands(), jobId)).toEqual([]);
  });
}
