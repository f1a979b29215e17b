// Reading and deleting Deployments. Writing their specs is write-deployment.ts.
import type { Deployment } from '../domain/deployment.ts';
import { isTerminal } from '../domain/job.ts';
import type { Job } from '../domain/job.ts';
import { mustExist } from './find.ts';
import type { Handler } from './handler.ts';
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

export const deleteDeployment: Handler<'deleteDeployment'> = async ({ params: { namespace, name } }, { store }) => {
  const deleted = await store.transaction(async (tx) => {
    const found = mustExist(await store.deployments.find(tx, namespace, name), 'Deployment', name);
    const locked = mustExist(await store.deployments.lock(tx, found.id), 'Deployment', name);
    refuseWhileAlive(locked, await store.jobs.ofDeployment(tx, locked.id));
    await store.deployments.delete(tx, locked.id);
    return locked;
  });
  return { code: 200, body: presentDeployment(deleted) };
};

/** D11; design.md §4 rule 9. */
function refuseWhileAlive({ name, spec, status }: Deployment, jobs: readonly Job[]): void {
  const refuse = (why: string): never => {
    throw new Problem('conflict', `Deployment "${name}" cannot be deleted: ${why}`);
  };
  if (spec.state === 'RUNNING') refuse('set spec.state to CANCELLED or SUSPENDED first');
  const live = jobs.find((job) => !isTerminal(job));
  if (live !== undefined) refuse(`its Job ${live.id} is ${live.state}; wait until it has ended`);
  if (status.state === 'RUNNING' || status.state === 'TRANSITIONING') refuse(`it is ${status.state}; wait until it is ${spec.state}`);
}
