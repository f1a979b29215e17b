// What a dry run announces is what the write then brings about, on real parts: HTTP in, real Temporal, real store, simulated Flink.
import { expect, it } from 'vitest';
import type { DeploymentPlanDocument } from '../../domain/deployment-plan.schema.ts';
import type { JobId } from '../../domain/ids.ts';
import { newest, runningJob, runsAfter, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';

let clusters: SimulatedClusters;
let platform: TestPlatform;
withSimulatedPlatform((own) => ({ clusters, platform } = own));

/** The events that tell of a step, by the step. */
const TOLD = {
  CREATING_A_SAVEPOINT_BEFORE_SUSPENSION: 'stopWithSavepoint',
  CREATING_A_NEW_JOB: 'fetchArtifact',
  AWAITING_A_JOB_TO_START: 'submitJob',
} as const satisfies Record<string, string>;

async function stepsToldOf(id: string): Promise<readonly string[]> {
  const { items } = (await platform.call('GET', `events?deploymentId=${id}`)).body;
  return items.flatMap(({ metadata: { name } }) => (name in TOLD ? [TOLD[name as keyof typeof TOLD]] : [])).toReversed();
}

async function rehearsed(name: string, patch: object): Promise<DeploymentPlanDocument> {
  const { status, body } = await platform.call('PATCH', `deployments/${name}?dryRun=true`, patch);
  expect(status).toBe(200);
  return body as unknown as DeploymentPlanDocument;
}

it.each(['STATEFUL', 'STATELESS'] as const)('a %s upgrade takes the steps and restores the source that its dry run announced', async (kind) => {
  const name = kind.toLowerCase();
  const artifact = { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20' };
  const flinkConfiguration = { 'execution.checkpointing.interval': '50ms' };
  const spec = { deploymentTargetName: 'default', upgradeStrategy: { kind }, template: { spec: { artifact, flinkConfiguration } } };
  const { id } = (await platform.call('POST', 'deployments', { metadata: { name }, spec })).body.metadata;
  const before = runningJob(await platform.until(`deployments/${name}`, ({ status }) => status.state === 'RUNNING'));
  const plan = `/drey/v1/namespaces/default/deployments/${name}/plan`;
  clusters.ofJob(before as JobId).takeCheckpoint(before.replaceAll('-', ''));
  // An instruction calls for a look, which sees the checkpoint.
  await platform.call('PATCH', `deployments/${name}`, { metadata: { annotations: { 'drey.dev/require-state': 'true' } } });
  await platform.until(plan, (body) => (body as unknown as DeploymentPlanDocument).stateSafe.before.reason === 'CHECKPOINTS_RETAINED');

  const patch = { spec: { template: { spec: { artifact: { mainArgs: '--version 2' } } } } };
  const announced = await rehearsed(name, patch);
  expect((await platform.call('GET', plan)).body).toMatchObject({ change: 'none', steps: [] });
  const earlier = (await stepsToldOf(id)).length;
  await platform.call('PATCH', `deployments/${name}`, patch);
  const after = runningJob(await platform.until(`deployments/${name}`, runsAfter(before)));

  const told: readonly string[] = Object.values(TOLD);
  expect((await stepsToldOf(id)).slice(earlier)).toEqual(announced.steps.map((step) => step.kind).filter((step) => told.includes(step)));
  const job = (await platform.call('GET', `jobs/${after}`)).body;
  const savepoints = (await platform.call('GET', `savepoints?deploymentId=${id}`)).body.items;
  const source = newest(savepoints.filter((s) => s.spec.savepointLocation === job.spec.savepointLocation));
  expect(source.metadata.origin).toBe(announced.restore?.origin);
  expect(announced).toMatchObject({ change: 'upgrade', endsIn: 'RUNNING', blocks: [], stateSafe: { after: { status: 'True' } } });
});
