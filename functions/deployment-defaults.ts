// DeploymentDefaults of a namespace (vvp.md §1.9). They are for Deployments that are made or edited from now on: no Deployment changes by a write here.
// What they instruct by annotation holds for all of the namespace at once, so those Deployments are looked at again.
import type { DeploymentDefaultsInput } from '../domain/deployment-defaults.schema.ts';
import { deploymentDefaultsInputSchema } from '../domain/deployment-defaults.schema.ts';
import type { DeploymentDefaultsDocument } from '../domain/deployment-defaults.schema.ts';
import type { DeploymentDefaults } from '../domain/deployment-defaults.ts';
import { isStateRequired } from '../domain/instructions.ts';
import { mergePatch } from '../domain/json.ts';
import type { Tx } from '../store/store.ts';
import { check } from './check.ts';
import type { FunctionDeps } from './deps.ts';
import type { Handler } from './handler.ts';
import { refuseUnmatched } from './if-match.ts';
import { toTimestamp } from './instants.ts';
import { refuseUnknownProfile } from './logging-profile.ts';
import { presentLogging } from './present-template.ts';
import { refuseOtherNamespace, refuseStale, wantedTexts } from './wanted.ts';
import { UNREACHED } from './warnings.ts';

export const getDeploymentDefaults: Handler<'getDeploymentDefaults'> = async ({ params: { namespace } }, { store }) => {
  const found = await store.deploymentDefaults.find(store.read, namespace);
  return { code: 200, body: found === undefined ? presentNone(namespace) : present(found) };
};

export const replaceDeploymentDefaults: Handler<'replaceDeploymentDefaults'> = ({ params: { namespace }, body, ifMatch }, deps) =>
  save(deps, async (tx) => {
    const before = await deps.store.deploymentDefaults.lock(tx, namespace);
    refuseUnmatched(ifMatch, before.resourceVersion);
    // What was exported is applied to a namespace that has none yet.
    if (before.resourceVersion > 0) refuseStale(body.metadata ?? {}, before.resourceVersion);
    return { before, after: await edit(deps, tx, { before, input: body }) };
  });

export const patchDeploymentDefaults: Handler<'patchDeploymentDefaults'> = ({ params: { namespace }, body, ifMatch }, deps) =>
  save(deps, async (tx) => {
    const before = await deps.store.deploymentDefaults.lock(tx, namespace);
    refuseUnmatched(ifMatch, before.resourceVersion);
    const { labels, annotations, spec } = before;
    const input = check(deploymentDefaultsInputSchema, mergePatch({ metadata: { namespace, labels, annotations }, spec }, body), deps.settings);
    return { before, after: await edit(deps, tx, { before, input }) };
  });

interface Saved {
  readonly before: DeploymentDefaults;
  readonly after: DeploymentDefaults;
}

interface Edit {
  readonly before: DeploymentDefaults;
  readonly input: DeploymentDefaultsInput;
}

async function edit({ store, settings }: FunctionDeps, tx: Tx, { before, input }: Edit): Promise<DeploymentDefaults> {
  const { metadata = {}, spec = {} } = input;
  const { namespace } = before;
  refuseOtherNamespace(metadata, namespace);
  // Else every Deployment that is made from now on would be refused for it.
  refuseUnknownProfile(settings, { field: 'spec.template.spec.logging', logging: spec.template?.spec?.logging, before: before.spec.template?.spec?.logging });
  return store.deploymentDefaults.edit(tx, namespace, { ...wantedTexts(metadata), spec });
}

/** A changed instruction raises every intent of the namespace in the same transaction: should the sweep not be reached now, its schedule delivers. */
async function save({ store, wake }: FunctionDeps, write: (tx: Tx) => Promise<Saved>) {
  const { after, instructs } = await store.transaction(async (tx) => {
    const saved = await write(tx);
    const differs = isStateRequired(saved.before.annotations) !== isStateRequired(saved.after.annotations);
    if (differs) await store.deploymentDefaults.raiseIntents(tx, saved.after.namespace);
    return { after: saved.after, instructs: differs };
  });
  const reached = !instructs || (await wake.sweep());
  return { code: 200 as const, body: present(after), warnings: reached ? [] : [UNREACHED] };
}

function present({ id, namespace, labels, annotations, spec, resourceVersion, createdAt, modifiedAt }: DeploymentDefaults): DeploymentDefaultsDocument {
  return {
    kind: 'DeploymentDefaults',
    apiVersion: 'v1',
    metadata: { id, namespace, createdAt: toTimestamp(createdAt), modifiedAt: toTimestamp(modifiedAt), labels, annotations, resourceVersion },
    spec: presentSpec(spec),
  };
}

function presentNone(namespace: string): DeploymentDefaultsDocument {
  return { kind: 'DeploymentDefaults', apiVersion: 'v1', metadata: { namespace, labels: {}, annotations: {}, resourceVersion: 0 }, spec: {} };
}

function presentSpec(spec: DeploymentDefaults['spec']): DeploymentDefaultsDocument['spec'] {
  const logging = spec.template?.spec?.logging;
  if (logging === undefined) return spec;
  return { ...spec, template: { ...spec.template, spec: { ...spec.template?.spec, logging: presentLogging(logging) } } };
}
