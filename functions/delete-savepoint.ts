// DELETE of a Savepoint (vvp.md §3.3; scenarios.md, invariant 10). Not forced, it only marks it: the workflow removes the data and then the
// row. Forced, the row goes at once and the data stays where it is. What a live Job or the next start needs is refused.
import { whyKept, whyNeverDropped } from '../domain/deletion.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import { summarizeDeletion } from '../domain/summary.ts';
import type { Tx } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';
import { idInPath, mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { refuseUnmatched } from './if-match.ts';
import { presentSavepoint } from './present-savepoint.ts';
import { Problem } from './problem.ts';
import { UNREACHED } from './warnings.ts';

export const deleteSavepoint: Handler<'deleteSavepoint'> = async ({ params: { namespace, savepointId }, query, ifMatch }, deps) => {
  const { store, wake } = deps;
  const id = idInPath<'SavepointId'>(savepointId, 'Savepoint');
  const force = query.force === 'true';
  const { deployment, savepoint } = await store.transaction(async (tx) => {
    const found = mustExist(await store.savepoints.find(tx, namespace, id), 'Savepoint', savepointId);
    const locked = mustExist(await store.deployments.lock(tx, found.deploymentId), 'Savepoint', savepointId);
    const current = mustExist(await store.savepoints.findById(tx, id), 'Savepoint', savepointId);
    refuseUnmatched(ifMatch, current.resourceVersion);
    return { deployment: locked, savepoint: await (force ? drop : mark)(deps, tx, { deployment: locked, savepoint: current }) };
  });
  if (force) return { code: 200, body: await presentSavepoint(deps, savepoint), warnings: dataStays(savepoint) };
  const { name, spec, specVersion } = deployment;
  const summary = summarizeDeletion(deployment);
  const reached = await wake.deployment({ id: deployment.id, namespace, name, summary, desired: spec.state, specVersion, priority: 4 });
  return { code: 200, body: await presentSavepoint(deps, savepoint), warnings: reached ? [] : [UNREACHED] };
};

interface Wanted {
  readonly deployment: Deployment;
  readonly savepoint: Savepoint;
}

/** Under the Deployment's lock: a start that chooses a Savepoint holds it too, so one of the two comes first and the other one sees it. */
async function mark({ store }: FunctionDeps, tx: Tx, { deployment, savepoint }: Wanted): Promise<Savepoint> {
  if (savepoint.state === 'PENDING_DELETION' || savepoint.state === 'DELETING') return savepoint;
  const jobs = await store.jobs.ofDeployment(tx, deployment.id);
  const savepoints = await store.savepoints.ofDeployment(tx, deployment.id);
  const defaultAnnotations = (await store.deploymentDefaults.find(tx, deployment.namespace))?.annotations ?? {};
  refuse(savepoint, whyKept({ deployment, jobs, savepoints, defaultAnnotations }, savepoint), '; force=true removes it all the same and leaves its data');
  await store.deployments.raiseIntent(tx, deployment.id);
  return store.savepoints.change(tx, savepoint.id, { state: 'PENDING_DELETION', failure: null });
}

async function drop({ store }: FunctionDeps, tx: Tx, { deployment, savepoint }: Wanted): Promise<Savepoint> {
  refuse(savepoint, whyNeverDropped(await store.jobs.ofDeployment(tx, deployment.id), savepoint));
  await store.savepoints.delete(tx, savepoint.id);
  const message = `the Savepoint was removed by force; its data stays${savepoint.location === undefined ? '' : `: ${savepoint.location}`}`;
  await store.events.append(tx, savepoint.namespace, [{ name: 'EXTERNAL', message, deploymentId: deployment.id, savepointId: savepoint.id }]);
  return savepoint;
}

function refuse({ id }: Savepoint, why: string | undefined, wayOut = ''): void {
  if (why !== undefined) throw new Problem('conflict', `Savepoint ${id} cannot be deleted: ${why}${wayOut}`);
}

function dataStays({ location }: Savepoint): readonly string[] {
  return location === undefined ? [] : ['the Savepoint is gone; its data stays where spec.savepointLocation says'];
}
