// Local clusters as real JVMs: started, found again, repaired, ended without a trace. Everything else about them is in test/flink.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { type JobId, parseId, type SessionClusterId, toFlinkJobId } from '../../domain/ids.ts';
import type { FetchedArtifact } from '../../domain/job.ts';
import { normaliseLocation } from '../../domain/location.ts';
import { createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import { createLocalClusters } from '../../flink/clusters/local/create-local-clusters.ts';
import type { ApplicationOrder, LocalClusterId, LocalClusters } from '../../flink/flink.ts';

const { PATH = '', HOME = '', JAVA_HOME } = process.env;
const baseEnv = { PATH, HOME };
// A name that has to be quoted, escaped or encoded on every way that leads through it.
const home = mkdtempSync(join(tmpdir(), 'drey ü 100% '));
const newJob = (): JobId => parseId<'JobId'>(randomUUID());
const started: LocalClusterId[] = [];

function open(): LocalClusters {
  return createLocalClusters({
    home,
    cache: inject('dreyCache'),
    installationId: 'e2e',
    webOrigin: 'http://127.0.0.1:8080',
    baseEnv,
    ...(JAVA_HOME !== undefined && { javaHome: JAVA_HOME }),
  });
}

const clusters = open();

async function fetchExample(version: string): Promise<FetchedArtifact> {
  const artifacts = createArtifacts({ home, cache: inject('dreyCache'), roots: [], baseEnv });
  const uri = `maven:org.apache.flink:flink-examples-streaming:${version}:TopSpeedWindowing`;
  const answer = await artifacts.fetch(
    { jobId: newJob(), uri, namespace: 'default', additionalDependencies: [] },
    AbortSignal.timeout(120_000),
    () => undefined,
  );
  if (answer.kind !== 'done') throw new Error(answer.reason);
  return answer.value;
}

async function anOrder(flinkVersion: string, over: Partial<ApplicationOrder> = {}): Promise<ApplicationOrder> {
  await clusters.provision(flinkVersion, () => undefined);
  return {
    flinkVersion,
    parallelism: 1,
    taskManagers: 1,
    resources: {},
    flinkConfiguration: { 'execution.checkpointing.interval': '1 s', 'state.checkpoints.dir': `file://${home}/checkpoints`, 's3.secret-key': 'hunter2' },
    logging: { log4jLoggers: { '': 'INFO' } },
    artifact: await fetchExample(flinkVersion),
    mainArgs: [],
    allowNonRestoredState: false,
    ...over,
  };
}

async function startJob(order: ApplicationOrder): Promise<LocalClusterId & { readonly kind: 'job' }> {
  const id = { kind: 'job', jobId: newJob() } as const;
  started.push(id);
  expect(await clusters.startApplication(id.jobId, order)).toEqual({ kind: 'done', value: true });
  return id;
}

async function urlOf(id: LocalClusterId): Promise<string> {
  const seen = await clusters.observe(id);
  if (seen.kind !== 'alive') throw new Error(JSON.stringify(seen));
  return seen.url;
}

/** An answer of Flink, looked into once. */
type Json = Record<string, never>;

async function ask(id: LocalClusterId, path: string): Promise<Json> {
  return (await (await fetch(`${await urlOf(id)}${path}`)).json()) as Json;
}

interface Overview {
  readonly jobs: readonly { readonly jid: string; readonly state: string; readonly tasks: { readonly total: number; readonly running: number } }[];
}

/** Until all tasks of the only job run. */
async function untilRunning(id: LocalClusterId): Promise<Overview['jobs'][number]> {
  return vi.waitFor(
    async () => {
      const { jobs } = (await ask(id, '/jobs/overview')) as unknown as Overview;
      const [job] = jobs;
      expect(job?.state).toBe('RUNNING');
      expect(job?.tasks).toMatchObject({ total: 2, running: 2 });
      return job as Overview['jobs'][number];
    },
    { timeout: 60_000, interval: 100 },
  );
}

const commandsOf = (text: string): readonly string[] =>
  execFileSync('ps', ['-A', '-ww', '-o', 'command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text));

/** The complete checkpoint with the highest number. */
function newestIn(folder: string): string | undefined {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => existsSync(join(folder, name, '_metadata'))) : [];
  return names.toSorted((a, b) => Number(b.slice(4)) - Number(a.slice(4)))[0];
}

interface Note {
  readonly jobManager: { readonly pid: number };
  readonly taskManagers: readonly { readonly pid: number }[];
}

const noteOf = (jobId: JobId): Note => JSON.parse(readFileSync(join(home, 'clusters', 'jobs', jobId, 'cluster.json'), 'utf8')) as Note;

afterAll(async () => {
  for (const id of started) await clusters.tearDown(id);
  rmSync(home, { recursive: true });
});

describe('an application on Flink 1.20.0', () => {
  let order: ApplicationOrder;

  beforeAll(async () => {
    order = await anOrder('1.20.0');
  });

  it('runs under the Job’s id, is found again, loses and regains a TaskManager, and leaves nothing behind', async () => {
    const id = await startJob(order);
    expect((await untilRunning(id)).jid).toBe(toFlinkJobId(id.jobId));
    expect(await open().observe(id)).toMatchObject({ kind: 'alive', taskManagers: 1 });
    expect(commandsOf(id.jobId)).toHaveLength(2);
    expect(commandsOf('hunter2')).toEqual([]);
    expect(existsSync(join(home, 'checkpoints', toFlinkJobId(id.jobId)))).toBe(true);

    const [taskManager] = noteOf(id.jobId).taskManagers;
    process.kill(taskManager?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(async () => expect(await clusters.observe(id)).toMatchObject({ kind: 'alive', taskManagers: 0 }), 10_000);
    await vi.waitFor(async () => expect((await ask(id, '/overview')).taskmanagers).toBe(0), { timeout: 30_000, interval: 200 });
    expect(await open().ensureTaskManagers(id)).toBe(1);
    await untilRunning(id);

    await clusters.tearDown(id);
    expect(commandsOf(id.jobId)).toEqual([]);
    const gone = await clusters.observe(id);
    // By the signal, or by Flink itself, which was ending its cluster with an unknown status (1445) when the signal came.
    expect(gone).toMatchObject({ kind: 'gone', exitCode: expect.toSatisfy((code: number) => [143, 1445 % 256].includes(code)) });
    expect(existsSync(join(home, 'clusters', 'jobs', id.jobId, 'tmp'))).toBe(false);
    expect(await clusters.startApplication(id.jobId, order)).toEqual({ kind: 'done', value: true });
    expect(commandsOf(id.jobId)).toEqual([]);
  });

  it('hands the program its arguments as they were, and restores from where it is told', async () => {
    const first = await startJob(order);
    await untilRunning(first);
    const checkpoints = join(home, 'checkpoints', toFlinkJobId(first.jobId));
    await vi.waitFor(() => expect(newestIn(checkpoints)).toBeDefined(), { timeout: 30_000, interval: 100 });
    process.kill(noteOf(first.jobId).jobManager.pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await clusters.observe(first)).toMatchObject({ kind: 'gone' }), 10_000);
    await clusters.tearDown(first);

    const savepointPath = `file://${join(checkpoints, newestIn(checkpoints) ?? '')}`;
    const second = await startJob({ ...order, savepointPath, allowNonRestoredState: true, mainArgs: ['--windowSize', '5', '--note', '"x" ü # y\n'] });
    const { jid } = await untilRunning(second);
    const config = (await ask(second, `/jobs/${jid}/config`)) as unknown as { 'execution-config': { 'user-config': object } };
    expect(config['execution-config']['user-config']).toEqual({ windowSize: '5', note: '"x" ü # y\n' });
    const { latest } = (await ask(second, `/jobs/${jid}/checkpoints`)) as unknown as { latest: { restored: { external_path: string } } };
    expect(normaliseLocation(latest.restored.external_path)).toBe(savepointPath);
    await clusters.tearDown(second);
  });

  it('that cannot fit into its memory is refused before anything is started', async () => {
    const jobId = newJob();
    const answer = await clusters.startApplication(jobId, { ...order, resources: { taskmanager: { memory: '400m' } } });
    expect(answer).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/^spec\.template\.spec\.resources\.taskmanager\.memory: .*Memory/) });
    expect(await clusters.observe({ kind: 'job', jobId })).toEqual({ kind: 'neverStarted' });
  });

  it('whose JobManager cannot run says why in its last words', async () => {
    const id = await startJob({ ...order, entryClass: 'no.such.Class' });
    // Its parent notes the exit code a moment after the process has gone.
    const said = { kind: 'gone', exitCode: 1, logTail: expect.stringContaining('no.such.Class') };
    await vi.waitFor(async () => expect(await clusters.observe(id)).toMatchObject(said), { timeout: 60_000, interval: 200 });
    await clusters.tearDown(id);
    expect(commandsOf(id.jobId)).toEqual([]);
  });
});

describe('other clusters', () => {
  it('an application runs on Flink 2.3.0', async () => {
    const id = await startJob(await anOrder('2.3.0'));
    await untilRunning(id);
    expect((await ask(id, '/config'))['flink-version']).toBe('2.3.0');
    await clusters.tearDown(id);
  });

  it('a session has slots to spare and takes submits', async () => {
    const sessionClusterId = parseId<'SessionClusterId'>(randomUUID()) satisfies SessionClusterId;
    const id = { kind: 'session', sessionClusterId, incarnation: 3 } as const;
    started.push(id);
    const { artifact: _, ...order } = await anOrder('1.20.0', { taskManagers: 2, resources: { taskmanager: { memory: '1g' } } });
    expect(await clusters.startSession(sessionClusterId, 3, order)).toEqual({ kind: 'done', value: true });
    await vi.waitFor(async () => expect(await ask(id, '/overview')).toMatchObject({ taskmanagers: 2, 'slots-total': 16 }), { timeout: 60_000, interval: 200 });
    expect(await ask(id, '/config')).toMatchObject({ features: { 'web-submit': true } });
    await clusters.tearDown(id);
    await clusters.forget(id);
    expect(await clusters.observe(id)).toEqual({ kind: 'neverStarted' });
  });
});
