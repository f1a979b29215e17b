// Creating and changing SessionClusters (vvp.md §1.7, D4). A write is one transaction (lock, check, edit); then the workflow is woken.
import { expandSessionClusterSpec } from '../domain/defaults.ts';
import { parseId } from '../domain/ids.ts';
import { mergePatch, sameJson } from '../domain/json.ts';
import { isAtRest } from '../domain/removal.ts';
import { slugInPath } from '../domain/scalar.schema.ts';
import { sessionClusterInputSchema } from '../domain/session-cluster.schema.ts';
import type { SessionClusterInput } from '../domain/session-cluster.schema.ts';
import type { SessionCluster, SessionClusterSpec } from '../domain/session-cluster.ts';
import { summarizeSessionCluster } from '../domain/summary.ts';
import type { Tx } from '../store/store.ts';
import { check } from './check.ts';
import type { FunctionDeps } from './deps.ts';
import { refuseUnknownId } from './find.ts';
import type { Handler } from './handler.ts';
import { refuseUnknownProfile } from './logging-profile.ts';
import { refuseUnmatched } from './if-match.ts';
import { once } from './once.ts';
import { presentSessionCluster, userDocument } from './present-session-cluster.ts';
import { Problem } from './problem.ts';
import { findCluster, lockCluster, refuseWithLiveJobs } from './session-clusters.ts';
import { refuseOtherName, refuseOtherNamespace, refuseStale, wantedTexts } from './wanted.ts';
import { UNREACHED, warnOfCluster, warnOfSecrets } from './warnings.ts';

interface Saved {
  /** Undefined when the write created it. */
  readonly before?: SessionCluster;
  readonly after: SessionCluster;
}

export const createSessionCluster: Handler<'createSessionCluster'> = async ({ params: { namespace }, body, requestKey }, deps) => {
  const name = body.metadata?.name;
  if (name === undefined) throw new Problem('invalid', 'is missing', 'metadata.name');
  const { store } = deps;
  const after = await store.transaction((tx) =>
    once(deps, tx, {
      requestKey,
      make: () => insert(deps, tx, { namespace, name, input: body }),
      find: (id) => store.sessionClusters.findById(tx, parseId<'SessionClusterId'>(id)),
    }),
  );
  return { code: 201, ...(await finish(deps, { after })) };
};

export const replaceSessionCluster: Handler<'replaceSessionCluster'> = async ({ params: { namespace, name }, body, ifMatch }, deps) => {
  const { store, settings } = deps;
  const saved = await store.transaction(async (tx): Promise<Saved> => {
    if ((await findCluster(store, tx, { namespace, name })) === undefined) {
      refuseUnmatched(ifMatch, undefined);
      refuseUnknownId('SessionCluster', name, body.metadata ?? {});
      refuseOtherName(body.metadata ?? {}, name);
      check(slugInPath, { name }, settings);
      return { after: await insert(deps, tx, { namespace, name, input: body }) };
    }
    const before = await lockCluster(store, tx, { namespace, name });
    refuseUnmatched(ifMatch, before.resourceVersion);
    refuseStale(body.metadata ?? {}, before.resourceVersion);
    return { before, after: await edit(deps, tx, { before, input: body }) };
  });
  return { code: saved.before === undefined ? 201 : 200, ...(await finish(deps, saved)) };
};

export const patchSessionCluster: Handler<'patchSessionCluster'> = async ({ params: { namespace, name }, body, ifMatch }, deps) => {
  const { store, settings } = deps;
  const saved = await store.transaction(async (tx): Promise<Saved> => {
    const before = await lockCluster(store, tx, { namespace, name });
    refuseUnmatched(ifMatch, before.resourceVersion);
    const input = check(sessionClusterInputSchema, mergePatch(userDocument(before), body), settings);
    return { before, after: await edit(deps, tx, { before, input }) };
  });
  return { code: 200, ...(await finish(deps, saved)) };
};

interface Creation {
  readonly namespace: string;
  readonly name: string;
  readonly input: SessionClusterInput;
}

async function insert({ store, flink, settings }: FunctionDeps, tx: Tx, { namespace, name, input }: Creation): Promise<SessionCluster> {
  const { metadata = {} } = input;
  refuseOtherNamespace(metadata, namespace);
  const status = { state: 'STOPPED', because: 'created' } as const;
  const spec = expandSessionClusterSpec(input.spec);
  refuseForbiddenUrl(flink, spec);
  refuseUnknownProfile(settings, { field: 'spec.logging', logging: spec.logging });
  const draft = { namespace, name, ...wantedTexts(metadata), spec, status };
  const inserted = await store.sessionClusters.insert(tx, draft);
  if (inserted === undefined) throw new Problem('conflict', `there is a session cluster "${name}" already in namespace "${namespace}"`);
  return inserted;
}

interface Change {
  readonly before: SessionCluster;
  readonly input: SessionClusterInput;
}

async function edit({ store, flink, settings }: FunctionDeps, tx: Tx, { before, input }: Change): Promise<SessionCluster> {
  const { metadata = {} } = input;
  refuseOtherName(metadata, before.name);
  refuseOtherNamespace(metadata, before.namespace);
  const spec = expandSessionClusterSpec(input.spec);
  if (before.spec.external?.url !== spec.external?.url) refuseForbiddenUrl(flink, spec);
  refuseUnknownProfile(settings, { field: 'spec.logging', logging: spec.logging, before: before.spec.logging });
  if (!isAtRest(before)) refuseBigChange(before, spec);
  if (before.spec.state === 'RUNNING' && spec.state === 'STOPPED') {
    await refuseWithLiveJobs(store, tx, { cluster: before, deed: spec.external === undefined ? 'be stopped' : 'be detached' });
  }
  return store.sessionClusters.edit(tx, before.id, { ...wantedTexts(metadata), ...(sameJson(before.spec, spec) ? {} : { spec }) });
}

/** As far as the text tells; a name is resolved, and refused, when Flink is asked. */
function refuseForbiddenUrl(flink: FunctionDeps['flink'], { external }: SessionClusterSpec): void {
  const fault = external === undefined ? undefined : flink.faultOfUrl(external.url);
  if (fault !== undefined) throw new Problem('invalid', `must be an address that may be asked: ${external?.url} ${fault}`, 'spec.external.url');
}

/** Of a cluster that is not stopped, only `state` and `numberOfTaskManagers` may change. */
function refuseBigChange({ name, spec: before, status }: SessionCluster, after: SessionClusterSpec): void {
  const fixed = (spec: SessionClusterSpec): Readonly<Record<string, unknown>> => ({ ...spec, state: '', numberOfTaskManagers: 0 });
  const [old, wanted] = [fixed(before), fixed(after)];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].filter((key) => !sameJson(old[key], wanted[key]));
  if (changed.length === 0) return;
  const fields = changed.map((key) => `spec.${key}`).join(', ');
  throw new Problem(
    'conflict',
    `session cluster "${name}" is ${status.state}: stop it before changing ${fields}; now only state and numberOfTaskManagers may change`,
  );
}

async function finish(deps: FunctionDeps, { before, after }: Saved) {
  const { store, wake } = deps;
  const { id, namespace, name, spec } = after;
  const target = spec.deploymentTargetName === undefined ? undefined : await store.deploymentTargets.find(store.read, namespace, spec.deploymentTargetName);
  const secrets = await warnOfSecrets(deps, namespace, Object.values(spec.flinkConfiguration));
  const warnings = [...warnOfCluster(deps, after, target), ...secrets];
  if (before?.intentVersion !== after.intentVersion) {
    const reached = await wake.sessionCluster({ id, namespace, name, summary: summarizeSessionCluster(before, after) });
    if (!reached) warnings.push(UNREACHED);
  }
  return { body: await presentSessionCluster(deps, after), warnings };
}
