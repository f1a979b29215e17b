// Sentences for `Warning` headers: what was accepted as asked, and may surprise. They decide nothing.
import type { Deployment, FullTemplate } from '../domain/deployment.ts';
import { BUILT_IN_IMAGES, ownImageFields } from '../domain/flink-images.ts';
import type { DeploymentTarget } from '../domain/deployment-target.ts';
import { parseId } from '../domain/ids.ts';
import { artifactAddresses, secretNamesIn } from '../domain/secret-value.ts';
import type { SessionCluster } from '../domain/session-cluster.ts';
import type { KubernetesOptions } from '../domain/template.schema.ts';
import type { FunctionDeps } from './deps.ts';

export const UNREACHED = 'Temporal cannot be reached now: the change is stored and will be acted on as soon as it can be';

export async function warnOfSpec(deps: FunctionDeps, deployment: Deployment): Promise<readonly string[]> {
  const { upgradeStrategy, restoreStrategy, sessionClusterName } = deployment.spec;
  const { template } = deployment.spec;
  const texts = [...artifactAddresses({ template }), ...Object.values(template.spec.flinkConfiguration)];
  const place = sessionClusterName === undefined ? await warnOfTarget(deps, deployment) : await warnOfSession(deps, deployment);
  const warnings = [...place, ...warnOfTemplate(template), ...(await warnOfSecrets(deps, deployment.namespace, texts))];
  if (upgradeStrategy.kind !== 'STATEFUL' || restoreStrategy.kind !== 'NONE') return warnings;
  return [...warnings, 'upgradeStrategy STATEFUL with restoreStrategy NONE: an upgrade takes a savepoint, and the new job starts empty all the same'];
}

/** What is kept for clients, and not acted on. */
function warnOfTemplate({ spec: { artifact, disasterCheckpointsDelay = 0 } }: FullTemplate): readonly string[] {
  const kind = artifact.kind === 'JAR' ? [] : [`artifacts of kind ${artifact.kind} are stored, but cannot be run yet: a start fails with that reason`];
  return disasterCheckpointsDelay === 0 ? kind : [...kind, 'stored, but not acted on: disasterCheckpointsDelay'];
}

/** Names of secret values that a start would not find. */
export async function warnOfSecrets({ store }: Pick<FunctionDeps, 'store'>, namespace: string, texts: readonly string[]): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const name of secretNamesIn(texts)) {
    const found = await store.secretValues.find(store.read, namespace, name);
    if (found === undefined) warnings.push(`the secret value "${name}" does not exist in namespace "${namespace}": a start will fail until it does`);
  }
  return warnings;
}

async function warnOfTarget({ store, flink, settings }: FunctionDeps, { namespace, spec }: Deployment): Promise<readonly string[]> {
  const { deploymentTargetId: id, deploymentTargetName: name } = spec;
  const target = await findTarget(store, { namespace, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) });
  if (target === undefined) return [`the deployment target "${id ?? name}" does not exist in namespace "${namespace}": the Deployment waits until it does`];
  if (!('local' in target.spec)) return [];
  const { artifact, flinkConfiguration, kubernetes } = spec.template.spec;
  return [
    ...warnOfVersion(flink.local, artifact.flinkVersion),
    ...warnOfIgnored({ images: ownImageFields(settings.images ?? BUILT_IN_IMAGES, artifact), flinkConfiguration, kubernetes }),
  ];
}

async function findTarget(
  store: FunctionDeps['store'],
  { namespace, id, name = '' }: { readonly namespace: string; readonly id?: string; readonly name?: string },
) {
  if (id === undefined) return store.deploymentTargets.find(store.read, namespace, name);
  const target = await store.deploymentTargets.findById(store.read, parseId<'DeploymentTargetId'>(id));
  return target?.namespace === namespace ? target : undefined;
}

async function warnOfSession({ store, settings }: FunctionDeps, { namespace, spec }: Deployment): Promise<readonly string[]> {
  const name = spec.sessionClusterName ?? '';
  const cluster = await store.sessionClusters.find(store.read, namespace, name);
  if (cluster === undefined) return [`the session cluster "${name}" does not exist in namespace "${namespace}": the Deployment waits until it does`];
  const { artifact, kubernetes } = spec.template.spec;
  const dependencies = 'additionalDependencies' in artifact && artifact.additionalDependencies?.length ? ['additionalDependencies'] : [];
  const images = ownImageFields(settings.images ?? BUILT_IN_IMAGES, artifact);
  const ignored = [...images, ...dependencies, ...(kubernetes === undefined ? [] : ['kubernetes'])];
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
    ...warnOfIgnored({ images: imageFields(spec), flinkConfiguration: spec.flinkConfiguration, kubernetes: spec.kubernetes }),
  ];
}

function warnOfVersion(local: FunctionDeps['flink']['local'], wanted: string | undefined): readonly string[] {
  if (local.versionFor(wanted) !== undefined) return [];
  return [`a local target cannot run Flink ${wanted ?? ''}; it can run: ${local.versions.join(', ')}`];
}

interface ForContainers {
  readonly images: readonly string[];
  readonly flinkConfiguration: Readonly<Record<string, string>>;
  readonly kubernetes: KubernetesOptions | undefined;
}

/** D30. */
function warnOfIgnored({ images, flinkConfiguration, kubernetes }: ForContainers): readonly string[] {
  const highAvailability = Object.keys(flinkConfiguration).filter((key) => /^high-availability(\.|$)/.test(key));
  const ignored = [...images, ...(kubernetes === undefined ? [] : ['kubernetes']), ...highAvailability];
  return ignored.length === 0 ? [] : [`stored, but ignored by a local target: ${ignored.join(', ')}`];
}

function imageFields(images: object): readonly string[] {
  return ['flinkImageRegistry', 'flinkImageRepository', 'flinkImageTag'].filter((key) => Object.hasOwn(images, key));
}
