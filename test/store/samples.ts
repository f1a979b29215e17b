// Small resources for tests of the store: enough to be stored, nothing that Flink could run.
import type { DeploymentSpec, DeploymentStatus, FullTemplate } from '../../domain/deployment.ts';
import type { DeploymentId, JobId } from '../../domain/ids.ts';
import type { SessionClusterSpec, SessionClusterStatus } from '../../domain/session-cluster.ts';
import type { NewDeployment, NewJob, NewSavepoint, Store } from '../../store/store.ts';
import { newId } from './open-store.ts';

export const aTemplate: FullTemplate = {
  spec: {
    artifact: { kind: 'JAR', jarUri: 'https://host/job.jar' },
    parallelism: 1,
    resources: {},
    flinkConfiguration: { 'execution.checkpointing.interval': '10s' },
    logging: {},
  },
};

export function aSpec(overrides: Partial<DeploymentSpec> = {}): DeploymentSpec {
  return {
    state: 'RUNNING',
    upgradeStrategy: { kind: 'STATEFUL' },
    restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: false },
    maxSavepointCreationAttempts: 4,
    maxJobCreationAttempts: 4,
    deploymentTargetName: 'local',
    template: aTemplate,
    ...overrides,
  };
}

export const aStatus: DeploymentStatus = { state: 'CANCELLED', conditions: [], because: 'it is new' };

export function aNamespace(): string {
  return `ns-${newId<'EventId'>()}`;
}

/** The name of a namespace that is there. */
export async function storeNamespace(store: Store): Promise<string> {
  const name = aNamespace();
  await store.transaction((tx) => store.namespaces.ensure(tx, name));
  return name;
}

export function aDeployment(overrides: Partial<NewDeployment> = {}): NewDeployment {
  return { namespace: aNamespace(), name: 'word-count', labels: {}, annotations: {}, spec: aSpec(), status: aStatus, ...overrides };
}

/** Stores a Deployment. */
export async function storeDeployment(store: Store, overrides: Partial<NewDeployment> = {}) {
  const draft = aDeployment(overrides);
  const stored = await store.transaction(async (tx) => {
    await store.namespaces.ensure(tx, draft.namespace);
    return store.deployments.insert(tx, draft);
  });
  if (!stored) throw new Error('the name is taken');
  return stored;
}

export function aJob(deployment: { readonly id: DeploymentId; readonly namespace: string; readonly name: string }, overrides: Partial<NewJob> = {}): NewJob {
  return {
    id: newId<'JobId'>(),
    deploymentId: deployment.id,
    namespace: deployment.namespace,
    deploymentName: deployment.name,
    specVersion: 1,
    template: aTemplate,
    place: { kind: 'local', target: 'local' },
    flinkConfiguration: {},
    allowNonRestoredState: false,
    ...overrides,
  };
}

/** Stores a Job that ended. */
export async function storeEndedJob(store: Store, deployment: Parameters<typeof aJob>[0]): Promise<JobId> {
  return store.transaction(async (tx) => {
    const { id } = await store.jobs.insert(tx, aJob(deployment));
    await store.jobs.change(tx, id, { state: 'FAILED' });
    return id;
  });
}

export function aSavepoint(deployment: { readonly id: DeploymentId; readonly namespace: string }, overrides: Partial<NewSavepoint> = {}): NewSavepoint {
  return {
    id: newId<'SavepointId'>(),
    deploymentId: deployment.id,
    namespace: deployment.namespace,
    origin: 'USER_REQUEST',
    state: 'STARTED',
    format: 'CANONICAL',
    capturedAt: 1_795_000_000_000.25,
    specVersion: 1,
    ...overrides,
  };
}

export const aClusterSpec: SessionClusterSpec = { state: 'RUNNING', deploymentTargetName: 'local', flinkConfiguration: {} };
export const aClusterStatus: SessionClusterStatus = { state: 'STOPPED', because: 'it is new' };
