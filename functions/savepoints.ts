// Savepoints: reading them, asking for one, registering one that exists (vvp.md §3.3). A request is stored intent; taking it is the workflow's.
import { mayDo, nameOf, type Principal } from '../domain/access.ts';
import type { Deployment, RestoreKind } from '../domain/deployment.ts';
import { parseId, type SavepointId } from '../domain/ids.ts';
import { savepointFormat } from '../domain/instructions.ts';
import { isTerminal, type Job } from '../domain/job.ts';
import { newestFor, usableOf } from '../domain/restore.ts';
import type { SavepointInput } from '../domain/savepoint.schema.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import { summarizeSavepoint } from '../domain/summary.ts';
import type { Tx } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';
import { idFilter, idInPath, mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { once } from './once.ts';
import { listPages, newestFirst, toTimePage } from './paging.ts';
import { SPEC_VERSION } from './present-deployment.ts';
import { presentSavepoint, presentSavepoints } from './present-savepoint.ts';
import { Problem } from './problem.ts';
import { toList } from './to-list.ts';
import { refuseOtherNamespace } from './wanted.ts';
import { UNREACHED } from './warnings.ts';

export const listSavepoints: Handler<'listSavepoints'> = async ({ params: { namespace }, query }, deps) => {
  const { store } = deps;
  const filter = idFilter(query);
  if (query.restoreStrategy !== undefined) {
    const savepoints = await store.savepoints.list(store.read, namespace, filter);
    const jobs = filter.deploymentId === undefined ? [] : await store.jobs.ofDeployment(store.read, filter.deploymentId);
    return { code: 200, body: toList('Savepoint', await presentSavepoints(deps, restoredBy(query.restoreStrategy, usableOf({ jobs, savepoints })))) };
  }
  return listPages({
    kind: 'Savepoint',
    namespace,
    query,
    ...newestFirst,
    read: (page) => store.savepoints.list(store.read, namespace, { ...filter, page: toTimePage(page) }),
    present: (savepoints) => presentSavepoints(deps, savepoints),
  });
};

/** The one that a start with this strategy would use, of those of one Deployment. */
function restoredBy(strategy: RestoreKind, savepoints: readonly Savepoint[]): readonly Savepoint[] {
  const newest = strategy === 'NONE' ? undefined : newestFor(strategy, savepoints);
  return newest === undefined ? [] : [newest];
}

export const getSavepoint: Handler<'getSavepoint'> = async ({ params: { namespace, savepointId } }, deps) => {
  const { store } = deps;
  const found = await store.savepoints.find(store.read, namespace, idInPath<'SavepointId'>(savepointId, 'Savepoint'));
  return { code: 200, body: await presentSavepoint(deps, mustExist(found, 'Savepoint', savepointId)) };
};

export const createSavepoint: Handler<'createSavepoint'> = async ({ params: { namespace }, body, requestKey, principal }, deps) => {
  const { store, wake } = deps;
  refuseOtherNamespace(body.metadata, namespace);
  await refuseHiddenState(deps, principal, { namespace, location: body.spec?.savepointLocation });
  const { deployment, savepoint } = await store.transaction(async (tx) => {
    const key = body.metadata.deploymentId;
    const found = mustExist(await store.deployments.find(tx, namespace, key), 'Deployment', key);
    const locked = mustExist(await store.deployments.lock(tx, found.id), 'Deployment', key);
    const make = () => insert(deps, tx, { deployment: locked, input: body });
    return {
      deployment: locked,
      savepoint: await once(deps, tx, { requestKey, make, find: (id) => store.savepoints.findById(tx, parseId<'SavepointId'>(id)) }),
    };
  });
  const { id, name, spec, specVersion } = deployment;
  const summary = summarizeSavepoint(deployment);
  const reached = await wake.deployment({ id, namespace, name, summary, desired: spec.state, specVersion, priority: 2 });
  return { code: 201, body: await presentSavepoint(deps, savepoint), warnings: reached ? [] : [UNREACHED] };
};

/** The state of another namespace is for those who may see its Savepoints. */
async function refuseHiddenState({ store, flink }: FunctionDeps, principal: Principal, { namespace, location }: Registration): Promise<void> {
  const owner = location === undefined ? undefined : flink.storage.namespaceOf(location);
  if (owner === undefined || owner === namespace) return;
  if (mayDo(principal, ['Savepoint', 'Get'], await store.namespaces.find(store.read, owner))) return;
  throw new Problem('forbidden', `spec.savepointLocation: ${nameOf(principal)} may not see the Savepoints of namespace "${owner}", whose state lies there`);
}

interface Registration {
  readonly namespace: string;
  readonly location: string | undefined;
}

interface Request {
  readonly deployment: Deployment;
  readonly input: SavepointInput;
}

/** Under the Deployment's lock. */
function insert(deps: FunctionDeps, tx: Tx, request: Request): Promise<Savepoint> {
  const { savepointLocation: location } = request.input.spec ?? {};
  return location === undefined ? ask(deps, tx, request) : register(deps, tx, { ...request, location });
}

async function ask(deps: FunctionDeps, tx: Tx, { deployment }: Request): Promise<Savepoint> {
  const { store, flink } = deps;
  const jobs = await store.jobs.ofDeployment(tx, deployment.id);
  const job = jobs.find((each) => !isTerminal(each));
  if (job === undefined) throw new Problem('invalid', 'No active job for a deployment.');
  const id = store.newId<'SavepointId'>();
  const savepoint = await store.savepoints.insert(tx, {
    ...(await draft(store, tx, deployment)),
    id,
    jobId: job.id,
    origin: 'USER_REQUEST',
    state: 'STARTED',
    targetDirectory: flink.storage.savepointDirectory(deployment.namespace, deployment.id, id),
    specVersion: deployment.specVersion,
  });
  if (job.state !== 'STARTED') return failAtOnce(deps, tx, { job, id });
  const wanted = await stored(deps, tx, savepoint);
  const event = {
    name: 'NEED_TO_TRIGGER_A_SAVEPOINT',
    message: 'a user asked for a savepoint',
    deploymentId: deployment.id,
    jobId: job.id,
    savepointId: id,
  } as const;
  await store.events.append(tx, deployment.namespace, [event]);
  return wanted;
}

/** A Job that is starting, or being ended, has nothing to save. */
async function failAtOnce({ store }: FunctionDeps, tx: Tx, { job, id }: { readonly job: Job; readonly id: SavepointId }): Promise<Savepoint> {
  const { id: jobId, deploymentId, namespace, state } = job;
  const reason = `the Job is ${state}, and only one that is STARTED can take a savepoint`;
  const failed = await store.savepoints.change(tx, id, { state: 'FAILED', failure: { reason, message: reason, failedAt: await store.now(tx) } });
  const event = { name: 'TRANSITIONING_TO_FAILED_STATE_BECAUSE_JOB_NOT_STARTED', message: reason, deploymentId, jobId, savepointId: id } as const;
  await store.events.append(tx, namespace, [event]);
  return failed;
}

async function register(deps: FunctionDeps, tx: Tx, { deployment, input, location }: Request & { readonly location: string }): Promise<Savepoint> {
  const { store } = deps;
  const { flinkSavepointId } = input.spec ?? {};
  if ((await store.savepoints.holdAt(tx, location)).includes('DELETING'))
    throw new Problem('conflict', 'the data there is being deleted', 'spec.savepointLocation');
  const savepoint = await store.savepoints.insert(tx, {
    ...(await draft(store, tx, deployment)),
    id: store.newId<'SavepointId'>(),
    origin: 'COPIED',
    state: 'COMPLETED',
    location,
    ...(flinkSavepointId === undefined ? {} : { flinkSavepointId }),
    specVersion: registeredVersion(input.metadata.annotations) ?? deployment.specVersion,
  });
  return stored(deps, tx, savepoint);
}

async function stored({ store }: FunctionDeps, tx: Tx, savepoint: Savepoint | undefined): Promise<Savepoint> {
  if (savepoint === undefined) throw new Error('the Savepoint was not stored');
  await store.deployments.raiseIntent(tx, savepoint.deploymentId);
  return savepoint;
}

/** D28: CANONICAL unless the Deployment says otherwise. A request counts from now, by the database's clock (D19). */
async function draft(store: FunctionDeps['store'], tx: Tx, deployment: Deployment) {
  const { id, namespace } = deployment;
  return { deploymentId: id, namespace, format: savepointFormat(deployment), capturedAt: await store.now(tx) } as const;
}

/** D6: the one server-written annotation that a user may send, when registering. */
function registeredVersion(annotations: Readonly<Record<string, string>> = {}): number | undefined {
  const given = annotations[SPEC_VERSION];
  return given !== undefined && /^[1-9]\d{0,8}$/.test(given) ? Number(given) : undefined;
}
