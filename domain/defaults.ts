// Filling in what a spec leaves out (vvp.md §1.9, D9): built-in defaults, the operator's, the namespace's, then the user's spec over all, maps key
// by key. What the user wrote stays as it was written.
import type { DeploymentDefaultsSpec } from './deployment-defaults.schema.ts';
import type { DeploymentSpecInput } from './deployment.schema.ts';
import type { DeploymentSpec } from './deployment.ts';
import { isMapping } from './document.ts';
import { BUILT_IN_IMAGES, type FlinkImages, withImage } from './flink-images.ts';
import type { SessionClusterDefaultsSpec, SessionClusterSpecInput } from './session-cluster.schema.ts';
import type { SessionClusterSpec } from './session-cluster.ts';

const RESOURCES = { jobmanager: { cpu: 1, memory: '1G' }, taskmanager: { cpu: 1, memory: '1G' } };
const LOGGING = { loggingProfile: 'default', log4jLoggers: { '': 'INFO' } };

/** D9. */
export const BUILT_IN_DEFAULTS = {
  state: 'RUNNING',
  upgradeStrategy: { kind: 'STATEFUL' },
  restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: false },
  maxSavepointCreationAttempts: 4,
  maxJobCreationAttempts: 4,
  template: { spec: { parallelism: 1, resources: RESOURCES, flinkConfiguration: {}, logging: LOGGING } },
} as const satisfies DeploymentDefaultsSpec;

const BUILT_IN_CLUSTER_DEFAULTS = { state: 'RUNNING', numberOfTaskManagers: 1, resources: RESOURCES, flinkConfiguration: {}, logging: LOGGING } as const;

const PLACES = ['deploymentTargetName', 'deploymentTargetId', 'sessionClusterName'] as const;

/** The built-in defaults with the operator's over them. */
export function globalDefaults(configured: DeploymentDefaultsSpec = {}): DeploymentDefaultsSpec {
  return merge(BUILT_IN_DEFAULTS, configured) as DeploymentDefaultsSpec;
}

export function globalSessionClusterDefaults(configured: SessionClusterDefaultsSpec = {}): SessionClusterDefaultsSpec {
  return overlay(BUILT_IN_CLUSTER_DEFAULTS, configured) as SessionClusterDefaultsSpec;
}

export interface Expansion {
  /** Over the built-in defaults, the farthest from the user first: the operator's, the namespace's. */
  readonly levels?: readonly DeploymentDefaultsSpec[];
  readonly images?: FlinkImages;
  /** What an edit found. */
  readonly before?: DeploymentSpec;
  /**
   * The input is what was there with a change: it is fully specified already, so defaults fill in only what the change takes away; those
   * that are new since are for new Deployments (scenario G8).
   */
  readonly keeps?: boolean;
}

/** The fully specified spec. Whoever names one place to run gets no other from a level further away. */
export function expandSpec(input: DeploymentSpecInput, { levels = [], images = BUILT_IN_IMAGES, before, keeps = false }: Expansion = {}): DeploymentSpec {
  const defaults = levels.reduce<DeploymentDefaultsSpec>((below, level) => merge(below, level) as DeploymentDefaultsSpec, BUILT_IN_DEFAULTS);
  const lacking = keeps && before !== undefined ? onlyWhatWas(defaults, before) : defaults;
  const spec = merge(lacking as DeploymentDefaultsSpec, input) as DeploymentSpec;
  const artifact = withImage(images, spec.template.spec.artifact, before?.template.spec.artifact);
  return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, artifact } } };
}

/** Of `defaults`, the keys that `before` has; of what is no mapping there, all. */
function onlyWhatWas(defaults: unknown, before: unknown): unknown {
  if (!isMapping(defaults) || !isMapping(before)) return defaults;
  const kept = Object.entries(defaults).filter(([key]) => Object.hasOwn(before, key));
  return Object.fromEntries(kept.map(([key, value]) => [key, onlyWhatWas(value, before[key])]));
}

/** A cluster that somebody else runs has no settings of ours. */
export function expandSessionClusterSpec(input: SessionClusterSpecInput): SessionClusterSpec {
  const { state, flinkConfiguration, ...ours } = BUILT_IN_CLUSTER_DEFAULTS;
  return overlay({ state, flinkConfiguration, ...(input.external === undefined ? ours : {}) }, input) as SessionClusterSpec;
}

type Level = DeploymentDefaultsSpec | DeploymentSpecInput;

/** `above` over what it leaves of `below`. */
function merge(below: DeploymentDefaultsSpec, above: Level): unknown {
  return overlay(withoutRivals(below, above), above);
}

/** Without what would contradict a choice made above: another place, the other way to describe pods, fields of another kind of artifact. */
function withoutRivals(below: DeploymentDefaultsSpec, above: Level): DeploymentDefaultsSpec {
  const kept = PLACES.some((place) => above[place] !== undefined) ? without(below, PLACES) : below;
  const spec = kept.template?.spec;
  const chosen = above.template?.spec;
  if (spec === undefined || chosen === undefined) return kept;
  const { artifact, kubernetes, ...rest } = spec;
  const artifactLeft = artifact && artifactUnder(artifact, chosen.artifact);
  const kubernetesLeft = kubernetes && without(kubernetes, rivalsOf(chosen.kubernetes));
  const left = { ...(artifactLeft && { artifact: artifactLeft }), ...(kubernetesLeft && { kubernetes: kubernetesLeft }) };
  return { ...kept, template: { ...kept.template, spec: { ...rest, ...left } } };
}

type TemplateDefaults = NonNullable<NonNullable<DeploymentDefaultsSpec['template']>['spec']>;

function rivalsOf(chosen: TemplateDefaults['kubernetes'] = {}): readonly ('pods' | 'jobManagerPodTemplate' | 'taskManagerPodTemplate')[] {
  if (chosen.pods !== undefined) return ['jobManagerPodTemplate', 'taskManagerPodTemplate'];
  return chosen.jobManagerPodTemplate === undefined && chosen.taskManagerPodTemplate === undefined ? [] : ['pods'];
}

/** What every kind of artifact has. */
const OF_ANY_KIND: readonly string[] = ['additionalDependencies', 'flinkVersion', 'flinkImageRegistry', 'flinkImageRepository', 'flinkImageTag'];

function artifactUnder(artifact: NonNullable<TemplateDefaults['artifact']>, chosen: TemplateDefaults['artifact'] = {}): TemplateDefaults['artifact'] {
  if (artifact.kind === undefined || chosen.kind === undefined || artifact.kind === chosen.kind) return artifact;
  return Object.fromEntries(Object.entries(artifact).filter(([field]) => OF_ANY_KIND.includes(field)));
}

function without<T extends object, Key extends keyof T>(mapping: T, keys: readonly Key[]): T {
  return Object.fromEntries(Object.entries(mapping).filter(([key]) => !keys.includes(key as Key))) as T;
}

/** `over` on top of `under`, key by key; lists and scalars replace, nulls stay (those of Kubernetes' own objects). */
function overlay(under: unknown, over: unknown): unknown {
  if (!isMapping(under) || !isMapping(over)) return over;
  const keys = Object.keys(under).filter((key) => !Object.hasOwn(over, key));
  const merged = Object.entries(over).map(([key, value]) => [key, Object.hasOwn(under, key) ? overlay(under[key], value) : value]);
  return Object.fromEntries([...keys.map((key) => [key, under[key]]), ...merged]);
}
