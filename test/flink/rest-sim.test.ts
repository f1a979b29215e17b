// What the simulated Flink does beyond the contract: failures of savepoints, of jobs and of the JobManager, and application mode.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlinkJobId, TriggerId } from '../../domain/ids.ts';
import type { Answer, FlinkRest, RunOrder, SavepointProgress } from '../../flink/flink.ts';
import { createFlinkRest, type FlinkRestPool } from '../../flink/rest/create-flink-rest.ts';
import { writeJar } from '../flink-sim/a-jar.ts';
import { type FlinkSim, type FlinkSimOptions, startFlinkSim } from '../flink-sim/start-flink-sim.ts';

const soon = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 4500, interval: 10 });
const newId = (): string => randomBytes(16).toString('hex');
const FAST: FlinkSimOptions = { stepMs: 2, savepointMs: 2 };

let home: string;
let sims: FlinkSim[];
let pool: FlinkRestPool;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drey-sim-'));
  sims = [];
  pool = createFlinkRest();
});

afterEach(async () => {
  await pool.close();
  for (const sim of sims) await sim.close();
  rmSync(home, { recursive: true });
});

async function started(options: FlinkSimOptions = {}): Promise<{ sim: FlinkSim; rest: FlinkRest }> {
  const sim = await startFlinkSim({ ...FAST, ...options });
  sims.push(sim);
  return { sim, rest: pool.rest(sim.url) };
}

function valueOf<T>(answer: Answer<T>): T {
  return answer.kind === 'done' ? answer.value : expect.unreachable(`${answer.kind}: ${answer.reason}`);
}

async function run(rest: FlinkRest, order: Partial<RunOrder> = {}): Promise<FlinkJobId> {
  const jarId = valueOf(await rest.uploadJar(writeJar(join(home, 'job.jar')), 'job.jar'));
  const jobId = newId() as FlinkJobId;
  const full = { jobId, args: [], parallelism: 1, allowNonRestoredState: false, flinkConfiguration: {}, ...order };
  return valueOf(await rest.run(jarId, full)).jobId;
}

async function until(rest: FlinkRest, id: FlinkJobId, wanted: { readonly status: string; readonly running?: number }): Promise<void> {
  await soon(async () => {
    const job = valueOf(await rest.job(id));
    expect(job).toMatchObject({ status: wanted.status, ...(wanted.running === undefined ? {} : { tasks: { running: wanted.running } }) });
  });
}

/** A pooled connection may still take one request with it. */
async function untilRefused(rest: FlinkRest): Promise<void> {
  await soon(async () => expect(await rest.jobs()).toEqual({ kind: 'unavailable', reason: 'connection refused', mayHaveArrived: false }));
}

async function aRunningJob(rest: FlinkRest, order: Partial<RunOrder> = {}): Promise<FlinkJobId> {
  const id = await run(rest, order);
  await until(rest, id, { status: 'RUNNING', running: 2 });
  return id;
}

async function stop(rest: FlinkRest, id: FlinkJobId): Promise<SavepointProgress> {
  const triggerId = newId() as TriggerId;
  valueOf(await rest.stop(id, { triggerId, targetDirectory: uri('savepoints'), format: 'CANONICAL' }));
  return soon(async () => {
    const progress = valueOf(await rest.savepointProgress(id, triggerId));
    expect(progress.kind).not.toBe('inProgress');
    return progress;
  });
}

function uri(name: string): string {
  return pathToFileURL(join(home, name)).href;
}

const checkpointed = (): RunOrder['flinkConfiguration'] => ({
  'execution.checkpointing.interval': '10 min',
  'execution.checkpointing.dir': uri('checkpoints'),
});

describe('a stop that fails', () => {
  it('leaves the job alone when the savepoint fails first, and the next one succeeds', async () => {
    const { sim, rest } = await started();
    const id = await aRunningJob(rest);
    sim.failNextSavepoint('keepRunning', 'java.io.IOException: disk full');
    expect(await stop(rest, id)).toMatchObject({ kind: 'failed', reason: 'IOException: disk full' });
    await until(rest, id, { status: 'RUNNING', running: 2 });
    expect(await stop(rest, id)).toMatchObject({ kind: 'completed' });
    await until(rest, id, { status: 'FINISHED' });
  });

  it('restarts the job from its newest checkpoint', async () => {
    const { sim, rest } = await started();
    const id = await aRunningJob(rest, { flinkConfiguration: checkpointed() });
    const location = sim.takeCheckpoint(id);
    sim.failNextSavepoint('restart');
    expect(await stop(rest, id)).toMatchObject({ kind: 'failed' });
    await until(rest, id, { status: 'RUNNING', running: 2 });
    expect(sim.job(id).restarts).toBe(1);
    const { restored } = valueOf(await rest.checkpoints(id));
    expect(restored).toMatchObject({ id: 1, isSavepoint: false, location: location?.replace('file:', 'file://') });
    expect(valueOf(await rest.exceptions(id, 5))).toHaveLength(1);
  });

  it('fails the job and names the savepoint that is complete all the same', async () => {
    const { sim, rest } = await started();
    const id = await aRunningJob(rest);
    sim.failNextSavepoint('failedWithSavepoint', 'java.lang.RuntimeException: commit failed');
    const progress = await stop(rest, id);
    const location = progress.kind === 'failed' ? (progress.location ?? '') : expect.unreachable(progress.kind);
    expect(location).toMatch(/^file:\/\/\/.*\/savepoint-/);
    expect(existsSync(fileURLToPath(`${location}/_metadata`))).toBe(true);
    await until(rest, id, { status: 'FAILED' });
  });

  it('cannot write where Flink has no file system for', async () => {
    const { rest } = await started();
    const id = await aRunningJob(rest);
    const triggerId = newId() as TriggerId;
    valueOf(await rest.stop(id, { triggerId, targetDirectory: 's3://bucket/a', format: 'NATIVE' }));
    await soon(async () => {
      const progress = valueOf(await rest.savepointProgress(id, triggerId));
      expect(progress).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/^UnsupportedFileSystemSchemeException/) });
    });
    await until(rest, id, { status: 'RUNNING', running: 2 });
  });
});

describe('a job that goes wrong', () => {
  it('fails with its cause', async () => {
    const { sim, rest } = await started();
    const id = await aRunningJob(rest);
    sim.failJob(id, 'java.lang.RuntimeException: boom');
    await until(rest, id, { status: 'FAILED' });
    expect(valueOf(await rest.exceptions(id, 5))).toMatchObject([{ name: 'org.apache.flink.runtime.JobException', reason: 'RuntimeException: boom' }]);
    expect(valueOf(await rest.cancel(id))).toBe('alreadyEnded');
  });

  it('restarts without end when it has checkpoints, and Flink counts', async () => {
    const { rest } = await started();
    const id = await run(rest, { args: ['--sim-crash-after=1'], flinkConfiguration: checkpointed() });
    await soon(async () => expect(valueOf(await rest.restarts(id))).toBeGreaterThan(2));
  });

  it('waits for TaskManagers that are lost', async () => {
    const { sim, rest } = await started();
    const id = await aRunningJob(rest, { flinkConfiguration: checkpointed() });
    sim.setSlots(0);
    await until(rest, id, { status: 'RUNNING', running: 0 });
    sim.setSlots(1);
    await until(rest, id, { status: 'RUNNING', running: 2 });
  });

  it('fails at once for want of slots in an old cluster', async () => {
    const { rest } = await started({ waitsForSlots: false });
    const id = await run(rest, { parallelism: 9 });
    await until(rest, id, { status: 'FAILED' });
  });

  it('does not start from state it has no operator for, unless it is allowed to', async () => {
    const { rest } = await started();
    const first = await aRunningJob(rest);
    const progress = await stop(rest, first);
    const savepointPath = progress.kind === 'completed' ? progress.location : expect.unreachable(progress.kind);
    const jarId = valueOf(await rest.jars())[0]?.id ?? '';
    const order = { args: ['--sim-operators=source'], parallelism: 1, flinkConfiguration: {}, savepointPath };
    const refused = await rest.run(jarId, { ...order, jobId: newId() as FlinkJobId, allowNonRestoredState: false });
    expect(refused).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/Cannot map checkpoint\/savepoint state for operator window/) });
    expect((await rest.run(jarId, { ...order, jobId: newId() as FlinkJobId, allowNonRestoredState: true })).kind).toBe('done');
  });
});

describe('the JobManager', () => {
  it('loses jobs, jars and triggers when it dies, and leaves snapshots on disk', async () => {
    const { sim, rest } = await started();
    const id = await aRunningJob(rest, { flinkConfiguration: checkpointed() });
    const location = sim.takeCheckpoint(id) ?? '';
    await sim.killJobManager();
    await untilRefused(rest);
    await sim.restartJobManager();
    expect(valueOf(await rest.job(id))).toBeUndefined();
    expect(valueOf(await rest.jars())).toEqual([]);
    expect(sim.everyJob().map(({ order }) => order.id)).toEqual([id]);
    const next = await aRunningJob(rest, { savepointPath: location });
    expect(valueOf(await rest.checkpoints(next)).restored).toMatchObject({ id: 1, isSavepoint: true });
  });

  it('carries out what waited while it was frozen', async () => {
    const { sim, rest } = await started();
    const id = await aRunningJob(rest);
    sim.freeze();
    const answer = rest.cancel(id);
    await soon(() => expect(sim.calls('PATCH', /./)).toHaveLength(1));
    expect(sim.job(id).status).toBe('RUNNING');
    sim.unfreeze();
    expect(valueOf(await answer)).toBe('accepted');
  });

  it('lives on while nobody reaches it', async () => {
    const { sim, rest } = await started();
    const id = await aRunningJob(rest);
    await sim.refuseConnections();
    await untilRefused(rest);
    await sim.acceptConnections();
    await until(rest, id, { status: 'RUNNING', running: 2 });
    sim.loseLeadership();
    expect(await rest.job(id)).toMatchObject({ kind: 'unavailable', mayHaveArrived: false });
  });
});

describe('application mode', () => {
  it('runs the one job under its id, takes no jars, and goes back to its savepoint when it is restarted', async () => {
    const session = await started();
    const first = await aRunningJob(session.rest);
    const progress = await stop(session.rest, first);
    const savepointPath = progress.kind === 'completed' ? progress.location : expect.unreachable(progress.kind);
    const jobId = newId() as FlinkJobId;
    const { sim, rest } = await started({ application: { jobId, savepointPath, flinkConfiguration: checkpointed() } });
    await until(rest, jobId, { status: 'RUNNING', running: 2 });
    expect(await rest.uploadJar(writeJar(join(home, 'job.jar')), 'job.jar')).toMatchObject({ kind: 'rejected', status: 404 });
    expect(valueOf(await rest.deleteJar('any.jar'))).toBe(true);
    sim.takeCheckpoint(jobId);
    await sim.restartJobManager();
    await until(rest, jobId, { status: 'RUNNING', running: 2 });
    expect(valueOf(await rest.checkpoints(jobId)).restored?.location).toBe(savepointPath);
  });

  it('shows a main() that throws as a failed job under the id', async () => {
    const jobId = newId() as FlinkJobId;
    const { rest } = await started({ application: { jobId, args: ['--sim-main=throws'] } });
    await soon(async () => expect(valueOf(await rest.job(jobId))).toMatchObject({ status: 'FAILED', name: '(application driver)' }));
    expect(valueOf(await rest.exceptions(jobId, 1))[0]?.reason).toBe('RuntimeException: main() was told to throw');
  });
});
