// What nobody nudged: the sweep notices ended, lost and silent jobs, and acts only on proof.
import { describe, expect, it } from 'vitest';
import type { JobId } from '../../domain/ids.ts';
import { deploymentWorkflowId } from '../../workflows/contract.ts';
import { type Doc, newest, runningJob, runsAfter, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';

describe('a Deployment that nobody touches', () => {
  let clusters: SimulatedClusters;
  let platform: TestPlatform;
  withSimulatedPlatform((own) => ({ clusters, platform } = own), { sweeps: true });

  const start = async (name: string, over: object = {}, flinkConfiguration: object = { 'execution.checkpointing.interval': '50ms' }): Promise<Doc> => {
    const artifact = { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20' };
    const template = { spec: { artifact, flinkConfiguration } };
    const { body } = await platform.call('POST', 'deployments', {
      metadata: { name },
      spec: { state: 'RUNNING', deploymentTargetName: 'default', ...over, template },
    });
    await platform.until(`deployments/${name}`, ({ status }) => status.state === 'RUNNING');
    return body;
  };
  const jobsOf = async ({ metadata }: Doc): Promise<readonly Doc[]> => (await platform.call('GET', `jobs?deploymentId=${metadata.id}`)).body.items;
  const flinkId = (jobId: string): string => jobId.replaceAll('-', '');
  const running = async (name: string): Promise<string> => runningJob((await platform.call('GET', `deployments/${name}`)).body);

  it('tells why its job failed, also when Flink could not say so at once', async () => {
    const deployment = await start('speechless');
    const first = await running('speechless');
    const sim = clusters.ofJob(first as JobId);
    sim.takeCheckpoint(flinkId(first));
    sim.faults.next({ method: 'GET', path: /\/exceptions$/, do: '503', times: 3 });
    sim.failJob(flinkId(first), 'java.lang.IllegalStateException: the disk is full');
    await platform.until('deployments/speechless', runsAfter(first), 50_000);
    const [, failed] = (await jobsOf(deployment)) as [Doc, Doc];
    expect(failed.status.failure.reason).toBe('IllegalStateException: the disk is full');
  });

  it('is started again from its newest checkpoint when its job fails', async () => {
    const deployment = await start('fails');
    const first = await running('fails');
    const sim = clusters.ofJob(first as JobId);
    const checkpoint = sim.takeCheckpoint(flinkId(first));
    sim.failJob(flinkId(first), 'java.lang.IllegalStateException: the disk is full');
    await platform.until('deployments/fails', runsAfter(first));
    const [second, failed] = (await jobsOf(deployment)) as [Doc, Doc];
    expect(failed.status.state).toBe('FAILED');
    expect(failed.status.failure.reason).toContain('the disk is full');
    expect(second.spec.savepointLocation).toMatch(/\/chk-\d+$/);
    expect(checkpoint).toBeDefined();
  });

  it('is started again from its newest checkpoint when its JobManager is killed', async () => {
    const deployment = await start('killed');
    const first = await running('killed');
    clusters.ofJob(first as JobId).takeCheckpoint(flinkId(first));
    await clusters.kill(first as JobId);
    await platform.until('deployments/killed', runsAfter(first));
    const second = newest(await jobsOf(deployment));
    expect(second.spec.savepointLocation).toContain(flinkId(first));
  });

  it('is left alone while its cluster is silent, and says so', async () => {
    const deployment = await start('silent');
    const first = await running('silent');
    const sim = clusters.ofJob(first as JobId);
    await sim.refuseConnections();
    const seen = await platform.until(
      'deployments/silent',
      ({ status }) => status.running?.conditions.some((c) => c.type === 'ClusterUnreachable' && c.status === 'True') ?? false,
    );
    expect(seen.status.state).toBe('RUNNING');
    await sim.acceptConnections();
    await platform.until(
      'deployments/silent',
      ({ status }) => status.running?.conditions.some((c) => c.type === 'ClusterUnreachable' && c.status === 'False') ?? false,
    );
    expect(await jobsOf(deployment)).toHaveLength(1);
  });

  it('is started again when somebody cancels its job in Flink', async () => {
    const deployment = await start('cancelled-outside');
    const first = await running('cancelled-outside');
    clusters.ofJob(first as JobId).cancelFromOutside(flinkId(first));
    await platform.until('deployments/cancelled-outside', runsAfter(first));
    expect((await jobsOf(deployment)).map((job) => job.status.state)).toEqual(['STARTED', 'TERMINATED']);
  });

  it('gives up after maxJobCreationAttempts when its job dies again and again before it is stable', async () => {
    const deployment = await start('loops', { maxJobCreationAttempts: 2 }, {});
    for (let i = 0; i < 2; i += 1) {
      const job = newest(await jobsOf(deployment)).metadata.id;
      clusters.ofJob(job as JobId).failJob(flinkId(job));
      await platform.until('deployments/loops', (d) => d.status.state === 'FAILED' || runsAfter(job)(d));
    }
    expect((await platform.call('GET', 'deployments/loops')).body.status.state).toBe('FAILED');
    expect(await jobsOf(deployment)).toHaveLength(2);
  });

  it('loses nothing when its workflow run is terminated in the middle of an upgrade', async () => {
    const deployment = await start('terminated');
    const first = await running('terminated');
    clusters.ofJob(first as JobId).slowSavepoints(700);
    await platform.call('PATCH', 'deployments/terminated', { spec: { template: { spec: { artifact: { mainArgs: '--version 2' } } } } });
    await platform.until(`savepoints?deploymentId=${deployment.metadata.id}`, ({ items }) => items.some((s) => s.metadata.origin === 'SUSPEND'));
    const { id, namespace, name } = { id: deployment.metadata.id, namespace: 'default', name: 'terminated' };
    await platform.client.workflow.getHandle(deploymentWorkflowId({ namespace, name, id })).terminate('the test said so');
    await platform.until('deployments/terminated', runsAfter(first), 40_000);
    const second = newest(await jobsOf(deployment));
    const { body } = await platform.call('GET', `savepoints?deploymentId=${id}`);
    expect(body.items.filter((s) => s.metadata.origin === 'SUSPEND')).toHaveLength(1);
    expect(second.spec.savepointLocation).toContain('savepoint-');
    expect(await jobsOf(deployment)).toHaveLength(2);
  });
});
