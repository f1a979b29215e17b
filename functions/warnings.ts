// Sentences for `Warning` headers: what was accepted as asked, and may surprise. They decide nothing.
import type { Deployment } from '../domain/deployment.ts';
import type { DeploymentTarget } from '../domain/deployment-target.ts';
import { parseId } from '../domain/ids.ts';
import type { SessionCluster } from '../domain/session-cluster.ts';
import type { KubernetesOptions } from '../domain/template.schema.ts';
import type { FunctionDeps } from './deps.ts';

export const UNREACHED = 'Temporal cannot be reached now: the change is stored and will be acted on as soon as it can be';

export async function warnOfSpec(deps: FunctionDeps, deployment: Deployment): Promise<readonly string[]> {
  const { upgradeStrategy, restoreStrategy, sessionClusterName } = deployment.spec;
  const place = sessionClusterName === undefined ? await warnOfTarget(deps, deployment) : await warnOfSession(deps, deployment);
  if (upgradeStrategy.kind !== 'STATEFUL' || restoreStrategy.kind !== 'NONE') return place;
  return [...place, 'upgradeStrategy STATEFUL with restoreStrategy NONE: an upgrade takes a savepoint, and the new job starts empty all the same'];
}

async function warnOfTarget({ store, flink }: FunctionDeps, { namespace, spec }: Deployment): Promise<readonly string[]> {
  const { deploymentTargetId: id, deploymentTargetName: name } = spec;
  const target = await findTarget(store, { namespace, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) });
  if (target === undefined) return [`the deployment target "${id ?? name}" does not exist in namespace "${namespace}": the Deployment waits until it does`];
  if (!('local' in target.spec)) return [];
  const { artifact, flinkConfiguration, kubernetes } = spec.template.spec;
  return [...warnOfVersion(flink.local, artifact.flinkVersion), ...warnOfIgnored({ images: artifact, flinkConfiguration, kubernetes })];
}

async function findTarget(
  store: FunctionDeps['store'],
  { namespace, id, name = '' }: { readonly namespace: string; readonly id?: string; readonly name?: string },
) {
  if (id === undefined) return store.deploymentTargets.find(store.read, namespace, name);
  const target = await store.deploymentTargets.findById(store.read, parseId<'DeploymentTargetId'>(id));
  return target?.namespace === namespace ? target : undefined;
}

async function warnOfSession({ store }: FunctionDeps, { namespace, spec }: Deployment): Promise<readonly string[]> {
  const name = spec.sessionClusterName ?? '';
  const cluster = await store.sessionClusters.find(store.read, namespace, name);
  if (cluster === undefined) return [`the session cluster "${name}" does not exist in namespace "${namespace}": the Deployment waits until it does`];
  const { artifact, kubernetes } = spec.template.spec;
  const dependencies = 'additionalDependencies' in artifact && artifact.additionalDependencies?.length ? ['additionalDependencies'] : [];
  const ignored = [...imageFields(artifact), ...dependencies, ...(kubernetes === undefined ? [] : ['kubernetes'])];
  const stopped = cluster.spec.state === 'STOPPED' ? [`the session cluster "${name}" is to be STOPPED: the Deployment waits until it runs`] : [];
  if (ignored.length === 0) return stopped;
  return [...stopped, `in session mode the session cluster decides, these are ignored here: ${ignored.join(', ')}`];
}

/** Of a session cluster itself. */
export function warnOfCluster(
  { flink }: Pick<FunctionDeps, 'flink'>,
  { spec, namespace }: SessionCluster,
  target: DeploymentTarget | undefined,
): readonly string[] {
  if (spec.external !== undefined) return [];
  if (target === undefined) {
    return [`the deployment target "${spec.deploymentTargetName}" does not exist in namespace "${namespace}": the session cluster waits until it does`];
  }
  if (!('local' in target.spec)) return [];
  return [
    ...warnOfVersion(flink.local, spec.flinkVersion),
    ...warnOfIgnored({ images: spec, flinkConfiguration: spec.flinkConfiguration, kubernetes: spec.kubernetes }),
  ];
}

function warnOfVersion(local: FunctionDeps['flink']['local'], wanted: string | undefined): readonly string[] {
  if (local.versionFor(wanted) !== undefined) return [];
  return [`a local target cannot run Flink ${wanted ?? ''}; it can run: ${local.versions.join(', ')}`];
}

interface ForContainers {
  readonly images: object;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
  readonly kubernetes: KubernetesOptions | undefined;
}

/** D30. */
function warnOfIgnored({ images, flinkConfiguration, kubernetes }: ForContainers): readonly string[] {
  const highAvailability = Object.keys(flinkConfiguration).filter((key) => /^high-availability(\.|$)/.test(key));
  const ignored = [...imageFields(images), ...(kubernetes === undefined ? [] : ['kubernetes']), ...highAvailability];
  return ignored.length === 0 ? [] : [`stored, but ignored by a local target: ${ignored.join(', ')}`];
}

function imageFields(images: object): readonly string[] {
  return ['flinkImageRegistry', 'flinkImageRepository', 'flinkImageTag'].filter((key) => Object.hasOwn(images, key));
}
