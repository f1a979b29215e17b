// The right to start a local cluster, and what its processes prove. Processes are shell scripts here; real ones are in test/e2e.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { identityOf } from '../../flink/clusters/local/processes.ts';
import { aFakeMachine, aJobCluster, anApplication, isRunning, type FakeMachine, type JobCluster } from './local-fakes.ts';

const machine = aFakeMachine();
const clusters = machine.clusters();

/** As a start that died right after using the right. */
function leaveStart(id: JobCluster, note: object, on: FakeMachine = machine): void {
  mkdirSync(join(on.folderOf(id), 'log'), { recursive: true });
  writeFileSync(join(on.folderOf(id), 'start'), JSON.stringify({ by: 'start', installationId: 'ours', url: 'http://127.0.0.1:1', ...note }));
}

const DEAD = { pid: 4_194_303, startedAt: '1' };

async function exitOf(pid: number): Promise<void> {
  await vi.waitUntil(() => !isRunning(pid), 5000);
}

describe('starting', () => {
  it('starts a JobManager and the ordered TaskManagers, which another process finds again', async () => {
    const id = aJobCluster(machine);
    expect(await clusters.observe(id)).toEqual({ kind: 'neverStarted' });
    expect(await clusters.startApplication(id.jobId, anApplication({ taskManagers: 2 }))).toEqual({ kind: 'done', value: true });
    expect(await machine.clusters().observe(id)).toMatchObject({ kind: 'alive', taskManagers: 2 });
    expect(await machine.clusters({ installationId: 'theirs' }).observe(id)).toEqual({ kind: 'elsewhere' });
  });

  it('happens once, however often it is asked for and however many ask at once', async () => {
    const id = aJobCluster(machine);
    const asked = [clusters, machine.clusters(), clusters].map((each) => each.startApplication(id.jobId, anApplication()));
    expect(await Promise.all(asked)).toEqual(Array(3).fill({ kind: 'done', value: true }));
    const { jobManager } = machine.record(id);
    await clusters.startApplication(id.jobId, anApplication());
    expect(machine.record(id).jobManager).toEqual(jobManager);
  });

  it('never happens after a tear-down', async () => {
    const id = aJobCluster(machine);
    await clusters.tearDown(id);
    expect(await clusters.startApplication(id.jobId, anApplication())).toEqual({ kind: 'done', value: true });
    expect(await clusters.observe(id)).toEqual({ kind: 'gone', logTail: '' });
    expect(readdirSync(machine.folderOf(id))).toEqual(['start']);
  });

  it('does not use the right when the memory cannot work, and says where it was set', async () => {
    const id = aJobCluster(machine);
    const answer = await clusters.startApplication(id.jobId, anApplication({ resources: { taskmanager: { memory: '1m' } } }));
    expect(answer).toMatchObject({ kind: 'rejected', reason: 'spec.template.spec.resources.taskmanager.memory: Sum exceeds total.' });
    expect(await clusters.observe(id)).toEqual({ kind: 'neverStarted' });
  });

  it('is put off, without using the right, while there is no Java', async () => {
    const id = aJobCluster(machine);
    const answer = await machine.clusters({ javaHome: '/nowhere' }).startApplication(id.jobId, anApplication());
    expect(answer).toMatchObject({ kind: 'unavailable', mayHaveArrived: false });
    expect(answer).toHaveProperty('reason', expect.stringContaining('install Java 17 or newer'));
    expect(await clusters.observe(id)).toEqual({ kind: 'neverStarted' });
  });

  it('keeps configuration and program arguments off the command line', async () => {
    const id = aJobCluster(machine);
    const secrets = { flinkConfiguration: { 's3.secret-key': 'hunter2', 'env.java.opts.all': '-Dtoken=hunter2' }, mainArgs: ['--password', 'hunter2'] };
    await clusters.startApplication(id.jobId, anApplication(secrets));
    const { jobManager, taskManagers } = machine.record(id);
    for (const { pid } of [jobManager, ...taskManagers]) {
      const line = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
      expect(line).toContain(id.jobId);
      expect(line).not.toContain('hunter2');
    }
    expect(readFileSync(join(machine.folderOf(id), 'conf', 'jobmanager.args'), 'utf8')).toContain('hunter2');
    expect(readFileSync(join(machine.folderOf(id), 'cluster.json'), 'utf8')).not.toContain('hunter2');
  });
});

describe('what is seen of a cluster', () => {
  it('that was started by a process killed since: it lives on', async () => {
    const id = aJobCluster(machine);
    const code = `import { createLocalClusters } from '${join(import.meta.dirname, '../../flink/clusters/local/create-local-clusters.ts')}';
      await createLocalClusters(${JSON.stringify(machine.options)}).startApplication('${id.jobId}', ${JSON.stringify(anApplication())});
      process.kill(process.pid, 'SIGKILL');`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', code]);
    await new Promise((resolve) => starter.on('exit', resolve));
    expect(starter.signalCode).toBe('SIGKILL');
    expect(await clusters.observe(id)).toMatchObject({ kind: 'alive', taskManagers: 1 });
    await clusters.tearDown(id);
    expect(await clusters.observe(id)).toMatchObject({ kind: 'gone' });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGKILL', 137],
  ] as const)('whose JobManager died by %s: gone, with its exit code %i when we were its parent', async (signal, exitCode) => {
    const id = aJobCluster(machine);
    await clusters.startApplication(id.jobId, anApplication());
    process.kill(machine.record(id).jobManager.pid, signal);
    await vi.waitUntil(async () => (await clusters.observe(id)).kind === 'gone', 5000);
    await vi.waitFor(async () => expect(await clusters.observe(id)).toEqual({ kind: 'gone', exitCode, logTail: '' }));
  });

  it('that is started by a process which lives and has not said what it started: alive', async () => {
    const id = aJobCluster(machine);
    const other = spawn('sleep', ['30'], { detached: true });
    leaveStart(id, { spawner: await identityOf(other.pid ?? 0) });
    expect(await clusters.observe(id)).toEqual({ kind: 'alive', url: 'http://127.0.0.1:1', taskManagers: 0 });
    other.kill('SIGKILL');
    await exitOf(other.pid ?? 0);
    expect(await clusters.observe(id)).toEqual({ kind: 'gone', logTail: '' });
  });

  it('whose starter died before it noted anything: as its processes are', async () => {
    const id = aJobCluster(machine);
    await clusters.startApplication(id.jobId, anApplication());
    const { jobManager } = machine.record(id);
    const note = JSON.parse(readFileSync(join(machine.folderOf(id), 'start'), 'utf8'));
    leaveStart(id, { ...note, spawner: DEAD, taskManagerCount: 2 });
    rmSync(join(machine.folderOf(id), 'cluster.json'));
    expect(await clusters.observe(id)).toMatchObject({ kind: 'alive', taskManagers: 1 });
    expect(await clusters.ensureTaskManagers(id)).toBe(1);
    expect(await clusters.observe(id)).toMatchObject({ kind: 'alive', taskManagers: 2 });
    expect(machine.record(id).jobManager).toEqual(jobManager);
    process.kill(-jobManager.pid, 'SIGKILL');
    await vi.waitUntil(async () => (await clusters.observe(id)).kind === 'gone', 5000);
  });

  it.runIf(process.platform === 'linux')('whose starter died between fork and exec: alive as long as the child holds its output', async () => {
    const id = aJobCluster(machine);
    leaveStart(id, { spawner: DEAD });
    const output = join(machine.folderOf(id), 'log', 'jobmanager.out');
    const child = spawn('/bin/sh', ['-c', `exec sleep 30 >> '${output}'`], { detached: true });
    await vi.waitUntil(async () => (await clusters.observe(id)).kind === 'alive', 5000);
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exitOf(child.pid ?? 0);
    expect(await clusters.observe(id)).toEqual({ kind: 'gone', logTail: '' });
  });

  it('whose pid belongs to somebody else by now: gone', async () => {
    const id = aJobCluster(machine);
    leaveStart(id, { spawner: DEAD });
    const record = { taskManagers: [], jobManager: { pid: process.pid, startedAt: '1' } };
    writeFileSync(join(machine.folderOf(id), 'cluster.json'), JSON.stringify(record));
    expect(await clusters.observe(id)).toEqual({ kind: 'gone', logTail: '' });
  });
});

describe('TaskManagers', () => {
  it('that died are started again, up to the ordered number', async () => {
    const id = aJobCluster(machine);
    await clusters.startApplication(id.jobId, anApplication({ taskManagers: 2 }));
    const [first, second] = machine.record(id).taskManagers;
    process.kill(-(first?.pid ?? 0), 'SIGKILL');
    await vi.waitFor(async () => expect(await clusters.observe(id)).toMatchObject({ taskManagers: 1 }), 5000);
    expect(await Promise.all([clusters.ensureTaskManagers(id), machine.clusters().ensureTaskManagers(id)])).toEqual([1, 0]);
    const now = machine.record(id).taskManagers;
    expect(now.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(now).toContainEqual(second);
    expect(await clusters.observe(id)).toMatchObject({ kind: 'alive', taskManagers: 2 });
  });

  it('grow to another number, which then holds', async () => {
    const id = aJobCluster(machine);
    await clusters.startApplication(id.jobId, anApplication());
    expect(await clusters.ensureTaskManagers(id)).toBe(0);
    expect(await clusters.ensureTaskManagers(id, 3)).toBe(2);
    process.kill(-(machine.record(id).taskManagers[0]?.pid ?? 0), 'SIGKILL');
    await vi.waitFor(async () => expect(await clusters.observe(id)).toMatchObject({ taskManagers: 2 }), 5000);
    expect(await clusters.ensureTaskManagers(id)).toBe(1);
  });

  it('are not started without a JobManager', async () => {
    const id = aJobCluster(machine);
    expect(await clusters.ensureTaskManagers(id)).toBe(0);
    await clusters.startApplication(id.jobId, anApplication());
    const { jobManager, taskManagers } = machine.record(id);
    for (const { pid } of [jobManager, ...taskManagers]) process.kill(-pid, 'SIGKILL');
    await vi.waitUntil(async () => (await clusters.observe(id)).kind === 'gone', 5000);
    expect(await clusters.ensureTaskManagers(id)).toBe(0);
  });
});

describe('tearing down', () => {
  it('ends everything, keeps the logs, removes what may hold secrets, and may be repeated', async () => {
    const id = aJobCluster(machine);
    await clusters.startApplication(id.jobId, anApplication({ taskManagers: 2 }));
    const { jobManager, taskManagers } = machine.record(id);
    await Promise.all([clusters.tearDown(id), clusters.tearDown(id)]);
    for (const { pid } of [jobManager, ...taskManagers]) expect(isRunning(pid)).toBe(false);
    expect(readdirSync(machine.folderOf(id)).toSorted()).toEqual(['cluster.json', 'exit-code', 'log', 'start']);
    expect(await clusters.observe(id)).toMatchObject({ kind: 'gone' });
  });

  it('ends processes by force that do not end when asked', async () => {
    const stubborn = aFakeMachine({ onTerm: '' });
    const id = aJobCluster(stubborn);
    await stubborn.clusters().startApplication(id.jobId, anApplication());
    const { jobManager } = stubborn.record(id);
    await stubborn.clusters().tearDown(id);
    expect(isRunning(jobManager.pid)).toBe(false);
  });

  it('finds processes that nobody noted', async () => {
    const id = aJobCluster(machine);
    await clusters.startApplication(id.jobId, anApplication());
    const { jobManager, taskManagers } = machine.record(id);
    leaveStart(id, { spawner: DEAD });
    rmSync(join(machine.folderOf(id), 'cluster.json'));
    await clusters.tearDown(id);
    for (const { pid } of [jobManager, ...taskManagers]) expect(isRunning(pid)).toBe(false);
  });

  it('leaves alone what belongs to another installation', async () => {
    const id = aJobCluster(machine);
    leaveStart(id, { spawner: DEAD, installationId: 'theirs' });
    await expect(clusters.tearDown(id)).rejects.toThrow('another installation');
  });

  it('waits for a start that is under way and ends what it started', async () => {
    const id = aJobCluster(machine);
    const [, , seen] = await Promise.all([clusters.startApplication(id.jobId, anApplication()), machine.clusters().tearDown(id), clusters.observe(id)]);
    expect(seen.kind).toBe('neverStarted');
    expect(await clusters.observe(id)).toMatchObject({ kind: 'gone' });
    expect(await clusters.ensureTaskManagers(id)).toBe(0);
  });

  it('goes before forgetting', async () => {
    const id = aJobCluster(machine);
    await clusters.startApplication(id.jobId, anApplication());
    await expect(clusters.forget(id)).rejects.toThrow('still run');
    await clusters.tearDown(id);
    await clusters.forget(id);
    await clusters.forget(id);
    expect(await clusters.observe(id)).toEqual({ kind: 'neverStarted' });
  });
});
