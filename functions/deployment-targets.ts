// DeploymentTargets (vvp.md §1.6): the spec never changes once it is there, and one that something refers to cannot be deleted.
import type { DeploymentTargetInput } from '../domain/deployment-target.schema.ts';
import type { DeploymentTarget, DeploymentTargetSpec } from '../domain/deployment-target.ts';
import { parseId } from '../domain/ids.ts';
import { sameJson } from '../domain/json.ts';
import { wideNameInPath } from '../domain/scalar.schema.ts';
import type { Tx } from '../store/store.ts';
import { check } from './check.ts';
import type { FunctionDeps } from './deps.ts';
import { findByKey, mustExist, refuseUnknownId } from './find.ts';
import type { Handler } from './handler.ts';
import { refuseUnmatched } from './if-match.ts';
import { once } from './once.ts';
import { presentDeploymentTarget } from './present-deployment-target.ts';
import { Problem } from './problem.ts';
import { toList } from './to-list.ts';
import { refuseOtherName, refuseOtherNamespace, refuseStale, wantedTexts } from './wanted.ts';

export const listDeploymentTargets: Handler<'listDeploymentTargets'> = async ({ params }, { store }) => {
  const targets = await store.deploymentTargets.list(store.read, params.namespace);
  return { code: 200, body: toList('DeploymentTarget', targets.map(presentDeploymentTarget)) };
};

export const getDeploymentTarget: Handler<'getDeploymentTarget'> = async ({ params: { namespace, name } }, { store }) => {
  const found = await findTarget(store, store.read, { namespace, name });
  return { code: 200, body: presentDeploymentTarget(mustExist(found, 'DeploymentTarget', name)) };
};

export const createDeploymentTarget: Handler<'createDeploymentTarget'> = async ({ params: { namespace }, body, requestKey }, deps) => {
  const name = body.metadata?.name;
  if (name === undefined) throw new Problem('invalid', 'is missing', 'metadata.name');
  const { store } = deps;
  const target = await store.transaction((tx) =>
    once(deps, tx, {
      requestKey,
      make: () => insert(deps, tx, { namespace, name, input: body }),
      find: (id) => store.deploymentTargets.findById(tx, parseId<'DeploymentTargetId'>(id)),
    }),
  );
  return { code: 201, body: presentDeploymentTarget(target) };
};

export const replaceDeploymentTarget: Handler<'replaceDeploymentTarget'> = async ({ params: { namespace, name }, body, ifMatch }, deps) => {
  const { store, settings } = deps;
  const { metadata = {} } = body;
  refuseOtherNamespace(metadata, namespace);
  const { created, target } = await store.transaction(async (tx) => {
    const found = await lockTarget(store, tx, { namespace, name });
    refuseUnmatched(ifMatch, found?.resourceVersion);
    if (found === undefined) refuseUnknownId('DeploymentTarget', name, metadata);
    refuseOtherName(metadata, found?.name ?? name);
    if (found === undefined) {
      check(wideNameInPath, { name }, settings);
      return { created: true, target: await insert(deps, tx, { namespace, name, input: body }) };
    }
    refuseStale(metadata, found.resourceVersion);
    if (!sameJson(found.spec, body.spec)) throw new Problem('invalid', 'cannot change: create another deployment target and refer to that', 'spec');
    return { created: false, target: await store.deploymentTargets.edit(tx, found.id, wantedTexts(metadata)) };
  });
  return { code: created ? 201 : 200, body: presentDeploymentTarget(target) };
};

export const deleteDeploymentTarget: Handler<'deleteDeploymentTarget'> = async ({ params: { namespace, name }, ifMatch }, { store }) => {
  const target = await store.transaction(async (tx) => {
    const found = mustExist(await lockTarget(store, tx, { namespace, name }), 'DeploymentTarget', name);
    refuseUnmatched(ifMatch, found.resourceVersion);
    await refuseWhileReferred(store, tx, found);
    await store.deploymentTargets.delete(tx, found.id);
    return found;
  });
  return { code: 200, body: presentDeploymentTarget(target) };
};

type Named = Pick<Creation, 'namespace' | 'name'>;

function findTarget({ deploymentTargets }: FunctionDeps['store'], tx: Tx, { namespace, name }: Named): Promise<DeploymentTarget | undefined> {
  const byName = (text: string) => deploymentTargets.find(tx, namespace, text);
  return findByKey<'DeploymentTargetId', DeploymentTarget>(name, { namespace, byId: (id) => deploymentTargets.findById(tx, id), byName });
}

async function lockTarget(store: FunctionDeps['store'], tx: Tx, named: Named): Promise<DeploymentTarget | undefined> {
  const found = await findTarget(store, tx, named);
  return found && store.deploymentTargets.lock(tx, found.id);
}

interface Creation {
  readonly namespace: string;
  readonly name: string;
  readonly input: DeploymentTargetInput;
}

async function insert({ store, settings }: FunctionDeps, tx: Tx, { namespace, name, input }: Creation): Promise<DeploymentTarget> {
  const { metadata = {} } = input;
  refuseOtherNamespace(metadata, namespace);
  const spec = toSpec(input.spec, settings.localTargets);
  const inserted = await store.deploymentTargets.insert(tx, { namespace, name, ...wantedTexts(metadata), spec });
  if (inserted === undefined) throw new Problem('conflict', `there is a deployment target "${name}" already in namespace "${namespace}"`);
  return inserted;
}

/** D3. */
function toSpec({ kubernetes }: DeploymentTargetInput['spec'], localTargets: boolean): DeploymentTargetSpec {
  if (kubernetes !== undefined) return { kubernetes };
  if (!localTargets) throw new Problem('invalid', 'is not enabled on this server: use kubernetes: {namespace}', 'spec.local');
  return { local: {} };
}

async function refuseWhileReferred(store: FunctionDeps['store'], tx: Tx, { namespace, name }: DeploymentTarget): Promise<void> {
  const deployments = await store.deployments.referringTo(tx, namespace, { deploymentTargetName: name });
  const clusters = (await store.sessionClusters.list(tx, namespace)).filter((cluster) => cluster.spec.deploymentTargetName === name);
  const users = [...deployments.map((user) => `Deployment "${user}"`), ...clusters.map((user) => `SessionCluster "${user.name}"`)];
  if (users.length > 0) throw new Problem('conflict', `deployment target "${name}" is in use by ${users.slice(0, 20).join(', ')}`);
}
