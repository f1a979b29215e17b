// Savepoints: reading them, asking for one, registering one that exists (vvp.md §3.3). A request is stored intent; taking it is the workflow's.
import type { Deployment } from '../domain/deployment.ts';
import { savepointFormat } from '../domain/instructions.ts';
import { isTerminal } from '../domain/job.ts';
import type { SavepointInput } from '../domain/savepoint.schema.ts';
import type { Savepoint } from '../domain/savepoint.ts';
import { summarizeSavepoint } from '../domain/summary.ts';
import type { NewSavepoint, Tx } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';
import { idFilter, idInPath, mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { SPEC_VERSION } from './present-deployment.ts';
import { presentSavepoint } from './present-savepoint.ts';
import { Problem } from './problem.ts';
import { toList } from './to-list.ts';
import { refuseOtherNamespace } from './wanted.ts';
import { UNREACHED } from './warnings.ts';

export const listSavepoints: Handler<'listSavepoints'> = async ({ params, query }, { store }) => {
  const savepoints = await store.savepoints.list(store.read, params.namespace, idFilter(query));
  return { code: 200, body: toList('Savepoint', savepoints.map(presentSavepoint)) };
};

export const getSavepoint: Handler<'getSavepoint'> = async ({ params: { namespace, savepointId } }, { store }) => {
  const found = await store.savepoints.find(store.read, namespace, idInPath<'SavepointId'>(savepointId, 'Savepoint'));
  return { code: 200, body: presentSavepoint(mustExist(found, 'Savepoint', savepointId)) };
};

export const createSavepoint: Handler<'createSavepoint'> = async ({ params: { namespace }, body }, deps) => {
  const { store, wake } = deps;
  refuseOtherNamespace(body.metadata, namespace);
  const { deployment, savepoint } = await store.transaction(async (tx) => {
    const key = body.metadata.deploymentId;
    const found = mustExist(await store.deployments.find(tx, namespace, key), 'Deployment', key);
    const locked = mustExist(await store.deployments.lock(tx, found.id), 'Deployment', key);
    return { deployment: locked, savepoint: await insert(deps, tx, { deployment: locked, input: body }) };
  });
  const { id, name, spec, specVersion } = deployment;
  const summary = summarizeSavepoint(deployment);
  const reached = await wake.deployment({ id, namespace, name, summary, desired: spec.state, specVersion, priority: 2 });
  return { code: 201, body: presentSavepoint(savepoint), warnings: reached ? [] : [UNREACHED] };
};

interface Request {
  readonly deployment: Deployment;
  readonly input: SavepointInput;
}

/** Under the Deployment's lock. */
async function insert(deps: FunctionDeps, tx: Tx, request: Request): Promise<Savepoint> {
  const { store } = deps;
  const drafted = request.input.spec?.savepointLocation === undefined ? await draftTaken(deps, tx, request) : await draftRegistered(deps, tx, request);
  const savepoint = await store.savepoints.insert(tx, drafted);
  if (savepoint === undefined) throw new Error(`Savepoint ${drafted.id} was not stored`);
  await store.deployments.raiseIntent(tx, request.deployment.id);
  return savepoint;
}

async function draftTaken({ store, flink }: FunctionDeps, tx: Tx, { deployment }: Request): Promise<NewSavepoint> {
  const jobs = await store.jobs.ofDeployment(tx, deployment.id);
  const job = jobs.find((each) => !isTerminal(each));
  if (job === undefined) throw new Problem('invalid', 'No active job for a deployment.');
  const id = store.newId<'SavepointId'>();
  return {
    ...(await draft(store, tx, deployment)),
    id,
    jobId: job.id,
    origin: 'USER_REQUEST',
    state: 'STARTED',
    targetDirectory: flink.storage.savepointDirectory(deployment.namespace, deployment.id, id),
    specVersion: deployment.specVersion,
  };
}

async function draftRegistered({ store }: FunctionDeps, tx: Tx, { deployment, input }: Request): Promise<NewSavepoint> {
  const { savepointLocation, flinkSavepointId } = input.spec ?? {};
  return {
    ...(await draft(store, tx, deployment)),
    id: store.newId<'SavepointId'>(),
    origin: 'COPIED',
    state: 'COMPLETED',
    ...(savepointLocation === undefined ? {} : { location: savepointLocation }),
    ...(flinkSavepointId === undefined ? {} : { flinkSavepointId }),
    specVersion: registeredVersion(input.metadata.annotations) ?? deployment.specVersion,
  };
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
