// Creating and changing Deployments. A write is one transaction (lock, check, edit); then the workflow is woken; then comes the answer.
// Writes the spec and the user's metadata only: status belongs to the activities.
import { deploymentInputSchema } from '../domain/deployment.schema.ts';
import type { DeploymentInput } from '../domain/deployment.schema.ts';
import type { Deployment, DeploymentSpec, DeploymentStatus, DesiredState } from '../domain/deployment.ts';
import { parseId } from '../domain/ids.ts';
import { carryOver, mergePatch, sameJson } from '../domain/json.ts';
import { slugInPath } from '../domain/scalar.schema.ts';
import { toSlug } from '../domain/slug.ts';
import { summarizeDeployment } from '../domain/summary.ts';
import type { NewDeployment, Tx } from '../store/store.ts';
import { check } from './check.ts';
import type { FunctionDeps } from './deps.ts';
import { expanded } from './expanded.ts';
import { mustExist, refuseUnknownId } from './find.ts';
import { refuseUnknownProfile } from './logging-profile.ts';
import type { Handler } from './handler.ts';
import { refuseUnmatched } from './if-match.ts';
import { once } from './once.ts';
import { rehearse } from './plan-deployment.ts';
import { presentDeployment, userDocument } from './present-deployment.ts';
import { Problem } from './problem.ts';
import { instructionsDiffer, refuseOtherName, refuseOtherNamespace, refuseStale, wantedTexts } from './wanted.ts';
import { UNREACHED, warnOfSpec } from './warnings.ts';

const LOGGING = 'spec.template.spec.logging';

interface Saved {
  /** Undefined when the write created it. */
  readonly before?: Deployment;
  readonly after: Deployment;
}

export const createDeployment: Handler<'createDeployment'> = ({ params: { namespace }, query, body, requestKey }, deps) => {
  const make = (tx: Tx): Promise<Deployment> => insert(deps, tx, { namespace, input: body });
  if (query.dryRun === 'true') return rehearse(deps, async (tx) => ({ after: await make(tx) }));
  const find = (tx: Tx) => (id: string) => deps.store.deployments.findById(tx, parseId<'DeploymentId'>(id));
  return save(deps, query, async (tx) => ({ after: await once(deps, tx, { requestKey, make: () => make(tx), find: find(tx) }) }));
};

export const replaceDeployment: Handler<'replaceDeployment'> = ({ params: { namespace, name }, query, body, ifMatch }, deps) => {
  const { store } = deps;
  const { metadata = {} } = body;
  return save(deps, query, async (tx) => {
    const found = await store.deployments.find(tx, namespace, name);
    refuseUnmatched(ifMatch, found?.resourceVersion);
    if (found === undefined) return { after: await insertAs(deps, tx, { namespace, name, input: body }) };
    const before = mustExist(await store.deployments.lock(tx, found.id), 'Deployment', name);
    refuseUnmatched(ifMatch, before.resourceVersion);
    refuseStale(metadata, before.resourceVersion);
    return { before, after: await edit(deps, tx, { before, input: body }) };
  });
};

export const patchDeployment: Handler<'patchDeployment'> = async ({ params: { namespace, name }, query, body, ifMatch }, deps) => {
  const { store, settings } = deps;
  const reply = await save(deps, query, async (tx) => {
    const found = mustExist(await store.deployments.find(tx, namespace, name), 'Deployment', name);
    const before = mustExist(await store.deployments.lock(tx, found.id), 'Deployment', name);
    refuseUnmatched(ifMatch, before.resourceVersion);
    const input = check(deploymentInputSchema, mergePatch(known(before), body), settings);
    return { before, after: await edit(deps, tx, { before, input, keeps: true }) };
  });
  return { ...reply, code: 200 };
};

/** `dryRun`: answers the plan of what the write would bring about; nothing is stored and nobody woken. */
async function save(deps: FunctionDeps, { dryRun }: { readonly dryRun?: 'true' | 'false' }, write: (tx: Tx) => Promise<Saved>) {
  if (dryRun === 'true') return rehearse(deps, write);
  const saved = await deps.store.transaction(write);
  return { code: saved.before === undefined ? (201 as const) : (200 as const), ...(await finish(deps, saved)) };
}

interface Creation {
  readonly namespace: string;
  readonly input: DeploymentInput;
}

/** PUT to a name that is free. */
async function insertAs(deps: FunctionDeps, tx: Tx, { namespace, name, input }: Creation & { readonly name: string }): Promise<Deployment> {
  const { metadata = {} } = input;
  refuseUnknownId('Deployment', name, metadata);
  refuseOtherName(metadata, name);
  check(slugInPath, { name }, deps.settings);
  return insert(deps, tx, { namespace, input: { ...input, metadata: { ...metadata, name } } });
}

/** `…/deployments/with-cr` is a list: a Deployment of that name could not be read. */
const NO_NAME = 'with-cr';

async function insert(deps: FunctionDeps, tx: Tx, { namespace, input }: Creation): Promise<Deployment> {
  const { store } = deps;
  const { metadata = {} } = input;
  const { name, displayName } = metadata;
  refuseOtherNamespace(metadata, namespace);
  const spec = placed(await expanded(deps, tx, { namespace, spec: input.spec }));
  refuseUnknownProfile(deps.settings, { field: LOGGING, logging: spec.template.spec.logging });
  const draft = { namespace, ...(displayName === undefined ? {} : { displayName }), ...wantedTexts(metadata), spec, status: firstStatus(spec.state) };
  const insertNamed = async (free: string): Promise<Deployment | undefined> =>
    free === NO_NAME ? undefined : store.deployments.insert(tx, { ...draft, name: free } satisfies NewDeployment);
  if (name === undefined) return insertUnderSlug(displayName, insertNamed);
  if (name === NO_NAME) throw new Problem('invalid', 'stands in a path of this API: choose another name', 'metadata.name');
  const inserted = await insertNamed(name);
  if (inserted === undefined) throw new Problem('conflict', `there is a Deployment "${name}" already in namespace "${namespace}"`);
  return inserted;
}

/** D14. */
async function insertUnderSlug(displayName: string | undefined, insertNamed: (name: string) => Promise<Deployment | undefined>): Promise<Deployment> {
  if (displayName === undefined) throw new Problem('invalid', 'is missing; give a name, or a displayName that a name can be made of', 'metadata.name');
  for (let attempt = 1; attempt <= 1000; attempt += 1) {
    const inserted = await insertNamed(toSlug(displayName, attempt));
    if (inserted !== undefined) return inserted;
  }
  throw new Problem('conflict', `every name made of "${displayName}" is taken: give a metadata.name`);
}

/** What this release understands of it: fields that a later one stored stay where they are, and are no fault of this request (scenario G9). */
function known(before: Deployment): DeploymentInput {
  return check(deploymentInputSchema, userDocument(before), { lenient: true });
}

interface Edit {
  readonly before: Deployment;
  readonly input: DeploymentInput;
  /** What the input leaves as it was is no reason to take new defaults. */
  readonly keeps?: boolean;
}

async function edit(deps: FunctionDeps, tx: Tx, { before, input, keeps = false }: Edit): Promise<Deployment> {
  const { metadata = {} } = input;
  refuseOtherName(metadata, before.name);
  refuseOtherNamespace(metadata, before.namespace);
  const full = await expanded(deps, tx, { namespace: before.namespace, spec: input.spec, before: before.spec, keeps });
  const spec = placed(carryOver(full, before.spec, known(before).spec) as DeploymentSpec);
  refuseUnknownProfile(deps.settings, { field: LOGGING, logging: spec.template.spec.logging, before: before.spec.template.spec.logging });
  const texts = wantedTexts(metadata);
  return deps.store.deployments.edit(tx, before.id, {
    displayName: metadata.displayName ?? null,
    ...texts,
    ...(sameJson(before.spec, spec) ? {} : { spec }),
    raiseIntent: instructionsDiffer(before.annotations, texts.annotations),
  });
}

/** A spec that says where to run, itself or by the defaults. */
function placed(spec: DeploymentSpec): DeploymentSpec {
  if (spec.deploymentTargetName ?? spec.deploymentTargetId ?? spec.sessionClusterName) return spec;
  throw new Problem('invalid', 'must name where to run: deploymentTargetName, deploymentTargetId or sessionClusterName', 'spec');
}

/** What is true before the first look: nothing runs, and a start is still to come. */
function firstStatus(desired: DesiredState): DeploymentStatus {
  return { state: desired === 'RUNNING' ? 'TRANSITIONING' : desired, conditions: [], because: 'created' };
}

/** Wakes the workflow where there is something new to look at, and says what may surprise. */
async function finish(deps: FunctionDeps, { before, after }: Saved) {
  const warnings = [...(await warnOfSpec(deps, after))];
  if (before?.intentVersion !== after.intentVersion) {
    const { id, namespace, name, spec, specVersion } = after;
    const summary = summarizeDeployment(before, after);
    const reached = await deps.wake.deployment({ id, namespace, name, summary, desired: spec.state, specVersion, priority: 2 });
    if (!reached) warnings.push(UNREACHED);
  }
  return { body: presentDeployment(after), warnings };
}
