// Reading and deleting Deployments. Writing their specs is write-deployment.ts.
import type { Deployment } from '../domain/deployment.ts';
import type { EventDraft } from '../domain/event.ts';
import { whyKept } from '../domain/removal.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import { mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { refuseUnmatched } from './if-match.ts';
import { presentDeployment } from './present-deployment.ts';
import { Problem } from './problem.ts';
import { toList } from './to-list.ts';

export const listDeployments: Handler<'listDeployments'> = async ({ params, query }, { store }) => {
  const labels = parseSelector(query.labelSelector ?? '');
  const deployments = await store.deployments.list(store.read, params.namespace, { labels });
  return { code: 200, body: toList('Deployment', deployments.map(presentDeployment)) };
};

/** `a=b,c=d`, which the contract has checked. */
function parseSelector(selector: string): Readonly<Record<string, string>> {
  const pairs = selector.split(',').filter((pair) => pair !== '');
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

export const getDeployment: Handler<'getDeployment'> = async ({ params }, { store }) => {
  const found = await store.deployments.find(store.read, params.namespace, params.name);
  return { code: 200, body: presentDeployment(mustExist(found, 'Deployment', params.name)) };
};

/** Deployments as a Kubernetes operator would want them (vvp.md §1.16): drey has none, so that nothing stands beside the Deployment. */
export const listDeploymentsWithCr: Handler<'listDeploymentsWithCr'> = async ({ params }, { store }) => {
  const deployments = await store.deployments.list(store.read, params.namespace);
  return { code: 200, body: { items: deployments.map((deployment) => ({ deployment: presentDeployment(deployment) })) } };
};

export const getDeploymentWithCr: Handler<'getDeploymentWithCr'> = async ({ params }, { store }) => {
  const found = await store.deployments.find(store.read, params.namespace, params.name);
  return { code: 200, body: { deployment: presentDeployment(mustExist(found, 'Deployment', params.name)) } };
};

export const deleteDeployment: Handler<'deleteDeployment'> = async ({ params: { namespace, name }, ifMatch }, { store }) => {
  const deleted = await store.transaction(async (tx) => {
    const found = mustExist(await store.deployments.find(tx, namespace, name), 'Deployment', name);
    const locked = mustExist(await store.deployments.lock(tx, found.id), 'Deployment', name);
    refuseUnmatched(ifMatch, locked.resourceVersion);
    const why = whyKept(locked, await store.jobs.ofDeployment(tx, locked.id));
    if (why !== undefined) throw new Problem('conflict', `Deployment "${name}" cannot be deleted: ${why}`);
    const savepoints = await store.savepoints.ofDeployment(tx, locked.id);
    await store.deployments.delete(tx, locked.id);
    await store.events.append(tx, namespace, farewell(locked, savepoints));
    return locked;
  });
  return { code: 200, body: presentDeployment(deleted) };
};

const LOCATIONS_PER_EVENT = 50;

/** The last events of a Deployment, of no Deployment any more: where its state lies, which nobody else remembers. */
function farewell({ name }: Deployment, savepoints: readonly Savepoint[]): readonly EventDraft[] {
  const locations = [...new Set(savepoints.map(({ location }) => location).filter((location) => location !== undefined))];
  const events = Math.max(1, Math.ceil(locations.length / LOCATIONS_PER_EVENT));
  return Array.from({ length: events }, (_, i) => {
    const some = locations.slice(i * LOCATIONS_PER_EVENT, (i + 1) * LOCATIONS_PER_EVENT);
    const kept = some.length === 0 ? 'it had no savepoint data' : `the data of its Savepoints stays: ${some.join(', ')}`;
    return { name: 'EXTERNAL', resourceName: name, message: `Deployment "${name}" was deleted; ${kept}` };
  });
}
