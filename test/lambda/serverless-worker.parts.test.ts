// The worker as a function that Temporal invokes: the whole way from the API's event to Flink, on the built bundles.
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { aJar } from '../flink-sim/a-jar.ts';
import { type FlinkSim, startFlinkSim } from '../flink-sim/start-flink-sim.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { type AwsStack, startAwsStack } from './aws-stack.ts';

const N = '/api/v1/namespaces/default';
const CLASS = 'com.example.Job';
const LIMIT = { timeout: 90_000, interval: 200 };
const TEST_MS = 200_000;
const SWEEPS = "WorkflowType = 'sweep' AND ExecutionStatus = 'Completed'";
let stack: AwsStack;
let sim: FlinkSim;

interface Seen {
  readonly status: { readonly state: string; readonly running?: { readonly jobId: string } };
  readonly metadata: { readonly annotations?: Record<string, string> };
}

beforeAll(async () => {
  sim = await startFlinkSim({ savepointMs: 2000 });
  const places = { folder: temporaryFolder(), cache: inject('dreyCache'), temporalBinary: inject('temporalBinary') };
  stack = await startAwsStack({ ...places, ui: false, workerSeconds: 40, say: () => undefined });
});
afterAll(async () => {
  await stack.stop();
  await sim.close();
});

async function uploadJar(): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([aJar(CLASS)]), 'job.jar');
  const headers = { authorization: `Bearer ${stack.token}` };
  const response = await fetch(`${stack.url}/artifacts/v1/namespaces/default/artifacts:upload`, { method: 'POST', body: form, headers });
  return ((await response.json()) as { artifact: { uri: string } }).artifact.uri;
}

const seen = (): Promise<Seen> => stack.call<Seen>('GET', `${N}/deployments/clicks`);

async function untilRuns(mainArgs: string): Promise<void> {
  await vi.waitFor(async () => {
    const { status, metadata } = await seen();
    expect([status.state, sim.liveJobs().map(({ order }) => order.args.join(' '))], `${JSON.stringify(metadata)} ${stack.worker.log().slice(-2000)}`).toEqual([
      'RUNNING',
      [mainArgs],
    ]);
  }, LIMIT);
}

describe('a serverless worker', () => {
  it(
    'is invoked by the first write, and starts the job',
    async () => {
      await stack.call('POST', `${N}/sessionclusters`, { metadata: { name: 'flink' }, spec: { state: 'RUNNING', external: { url: sim.url } } });
      const artifact = { kind: 'JAR', jarUri: await uploadJar(), entryClass: CLASS, mainArgs: 'one', flinkVersion: '1.20' };
      const template = { spec: { artifact, flinkConfiguration: { 'execution.checkpointing.interval': '1s' } } };
      const spec = {
        state: 'RUNNING',
        sessionClusterName: 'flink',
        upgradeStrategy: { kind: 'STATEFUL' },
        restoreStrategy: { kind: 'LATEST_STATE' },
        template,
      };
      await stack.call('POST', `${N}/deployments`, { metadata: { name: 'clicks' }, spec });
      await untilRuns('one');
    },
    TEST_MS,
  );

  it(
    'may be killed in the middle of an upgrade: it converges, and nothing is doubled or lost',
    async () => {
      const upgrade = { spec: { template: { spec: { artifact: { mainArgs: 'two' } } } } };
      await stack.call('PATCH', `${N}/deployments/clicks`, upgrade);
      // First while the savepoint is taken, then while the next job is started or awaited.
      await vi.waitFor(() => expect(sim.calls('POST', /\/stop$/).length).toBe(1), LIMIT);
      expect(stack.worker.kill()).toBeGreaterThan(0);
      await vi.waitFor(() => expect(sim.everyJob().length).toBe(2), LIMIT);
      stack.worker.kill();
      await untilRuns('two');
      const [first, second] = sim.everyJob();
      expect(sim.everyJob()).toHaveLength(2);
      const savepoint = first?.checkpointing.taken.findLast(({ kind }) => kind !== 'CHECKPOINT');
      expect([first?.status, second?.order.savepointPath?.replace('file:///', 'file:/')]).toEqual(['FINISHED', savepoint?.location]);
    },
    TEST_MS,
  );

  it(
    'looks at the fleet once for each reconcile, and is not kept busy by it',
    async () => {
      const connection = await Connection.connect({ address: stack.temporal.address });
      onTestFinished(() => connection.close());
      const { workflow } = new Client({ connection });
      expect(JSON.parse(await stack.reconcile())).toEqual({ reconciled: true });
      expect(stack.scheduleLog()).toMatch(/"Namespace":"drey".*"WorkflowTaskFailures":0.*"FailedDeployments":0/);
      await vi.waitFor(async () => expect((await workflow.count(SWEEPS)).count).toBeGreaterThan(0), LIMIT);
      for await (const { workflowId, runId } of workflow.list({ query: SWEEPS }))
        expect(await workflow.getHandle(workflowId, runId).result()).toMatchObject({ rounds: 1 });
    },
    TEST_MS,
  );
});
