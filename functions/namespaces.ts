// Namespaces (vvp.md §1.10), in the platform API's style. Removing one only marks it: the sweep empties it and takes it away.
import type { NamespaceInput } from '../domain/platform.schema.ts';
import type { Namespace, Tx } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';
import { mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { toTimestamp } from './instants.ts';
import { Problem } from './problem.ts';

const PREFIX = 'namespaces/';
/** Always there. */
const DEFAULT = 'default';

export const listNamespaces: Handler<'listNamespaces'> = async (_, { store }) => {
  const namespaces = await store.namespaces.list(store.read);
  return { code: 200, body: { namespaces: namespaces.map(present) } };
};

export const getNamespace: Handler<'getNamespace'> = async ({ params: { namespace } }, { store }) => {
  const found = await store.namespaces.find(store.read, namespace);
  return { code: 200, body: { namespace: present(mustExist(found, 'namespace', namespace)) } };
};

export const createNamespace: Handler<'createNamespace'> = async ({ body }, { store }) => {
  if (body.name === undefined) throw new Problem('invalid', 'is missing', 'name');
  const name = body.name.slice(PREFIX.length);
  // It is empty, so it has no cluster to name.
  if (body.previewSessionClusterName) throw noCluster(body.previewSessionClusterName, name);
  const created = await store.transaction((tx) => store.namespaces.insert(tx, { name, roleBindings: body.roleBindings ?? [] }));
  if (created === undefined) throw new Problem('alreadyExists', `there is a namespace "${name}" already`);
  return { code: 200, body: { namespace: present(created) } };
};

/** What is left out is empty afterwards. */
export const replaceNamespace: Handler<'replaceNamespace'> = ({ params, body }, deps) =>
  change(deps, params.namespace, { roleBindings: [], previewSessionClusterName: '', ...body });

/** What is left out stays. */
export const patchNamespace: Handler<'patchNamespace'> = ({ params, body }, deps) => change(deps, params.namespace, body);

export const setPreviewSessionCluster: Handler<'setPreviewSessionCluster'> = ({ params, body }, deps) => change(deps, params.namespace, body);

export const deleteNamespace: Handler<'deleteNamespace'> = async ({ params: { namespace: name } }, { store, wake }) => {
  if (name === DEFAULT) throw new Problem('conflict', `namespace "${DEFAULT}" always exists: it cannot be deleted`);
  const terminating = await store.transaction(async (tx) => {
    mustExist(await store.namespaces.find(tx, name), 'namespace', name);
    return store.namespaces.edit(tx, name, { terminating: true });
  });
  await wake.sweep();
  return { code: 200, body: { namespace: present(terminating) } };
};

async function change({ store }: FunctionDeps, name: string, input: NamespaceInput) {
  const { roleBindings, previewSessionClusterName: cluster } = input;
  if (input.name !== undefined && input.name !== `${PREFIX}${name}`) throw new Problem('invalid', `cannot change: it is "${PREFIX}${name}"`, 'name');
  const changed = await store.transaction(async (tx) => {
    mustExist(await store.namespaces.find(tx, name), 'namespace', name);
    if (cluster !== undefined && cluster !== '') await mustHaveCluster(store, tx, { namespace: name, cluster });
    return store.namespaces.edit(tx, name, {
      ...(roleBindings === undefined ? {} : { roleBindings }),
      ...(cluster === undefined ? {} : { previewSessionCluster: cluster }),
    });
  });
  return { code: 200 as const, body: { namespace: present(changed) } };
}

async function mustHaveCluster(
  store: FunctionDeps['store'],
  tx: Tx,
  { namespace, cluster }: { readonly namespace: string; readonly cluster: string },
): Promise<void> {
  if ((await store.sessionClusters.find(tx, namespace, cluster)) !== undefined) return;
  throw noCluster(cluster, namespace);
}

function noCluster(cluster: string, namespace: string): Problem {
  return new Problem('invalid', `there is no session cluster "${cluster}" in namespace "${namespace}"`, 'previewSessionClusterName');
}

function present({ name, createdAt, roleBindings, previewSessionCluster, terminatingSince }: Namespace) {
  return {
    name: `${PREFIX}${name}`,
    createTime: toTimestamp(createdAt),
    lifecyclePhase: terminatingSince === undefined ? ('LIFECYCLE_PHASE_ACTIVE' as const) : ('LIFECYCLE_PHASE_TERMINATING' as const),
    roleBindings: roleBindings.map(({ role, members }) => ({ role, members: [...members] })),
    previewSessionClusterName: previewSessionCluster,
  };
}
