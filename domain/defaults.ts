// Filling in what a spec leaves out (vvp.md §1.9, D9): built-in defaults, then the operator's, then the user's spec over both, maps key by key.
// What the user wrote stays as it was written.
import { DEFAULT_PROFILE } from './logging.ts';
import type { DeploymentDefaultsSpec, DeploymentSpecInput } from './deployment.schema.ts';
import type { DeploymentSpec } from './deployment.ts';
import { isMapping } from './document.ts';
import type { SessionClusterSpecInput } from './session-cluster.schema.ts';
import type { SessionClusterSpec } from './session-cluster.ts';

const RESOURCES = { jobmanager: { cpu: 1, memory: '1G' }, taskmanager: { cpu: 1, memory: '1G' } };
const LOGGING = { loggingProfile: DEFAULT_PROFILE, log4jLoggers: { '': 'INFO' } } as const;

/** D9. */
export const BUILT_IN_DEFAULTS = {
  state: 'RUNNING',
  upgradeStrategy: { kind: 'STATEFUL' },
  restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: false },
  maxSavepointCreationAttempts: 4,
  maxJobCreationAttempts: 4,
  template: { spec: { parallelism: 1, resources: RESOURCES, flinkConfiguration: {}, logging: LOGGING } },
} as const satisfies DeploymentDefaultsSpec;

const PLACES = ['deploymentTargetName', 'deploymentTargetId', 'sessionClusterName'] as const;

/** The built-in defaults with the operator's over them. */
export function globalDefaults(configured: DeploymentDefaultsSpec = {}): DeploymentDefaultsSpec {
  return overlay(BUILT_IN_DEFAULTS, configured) as DeploymentDefaultsSpec;
}

/**
 * The fully specified spec. A user who names one place to run gets no other from the defaults. `before`: what is edited is fully specified
 * already, so defaults fill in only what the edit takes away; those that are new since are for new Deployments (scenario G8).
 */
export function expandSpec(input: DeploymentSpecInput, configured: DeploymentDefaultsSpec = {}, before?: DeploymentSpec): DeploymentSpec {
  const defaults = { ...globalDefaults(configured) };
  if (PLACES.some((place) => input[place] !== undefined)) for (const place of PLACES) delete defaults[place];
  return overlay(before === undefined ? defaults : onlyWhatWas(defaults, before), input) as DeploymentSpec;
}

/** Of `defaults`, the keys that `before` has; of what is no mapping there, all. */
function onlyWhatWas(defaults: unknown, before: unknown): unknown {
  if (!isMapping(defaults) || !isMapping(before)) return defaults;
  const kept = Object.entries(defaults).filter(([key]) => Object.hasOwn(before, key));
  return Object.fromEntries(kept.map(([key, value]) => [key, onlyWhatWas(value, before[key])]));
}

/** A cluster that somebody else runs has no settings of ours. */
export function expandSessionClusterSpec(input: SessionClusterSpecInput): SessionClusterSpec {
  const ours = { numberOfTaskManagers: 1, resources: RESOURCES, logging: LOGGING };
  const defaults = { state: 'RUNNING', flinkConfiguration: {}, ...(input.external === undefined ? ours : {}) };
  return overlay(defaults, input) as SessionClusterSpec;
}

/** `over` on top of `under`, key by key; lists and scalars replace, nulls stay (those of Kubernetes' own objects). */
function overlay(under: unknown, over: unknown): unknown {
  if (!isMapping(under) || !isMapping(over)) return over;
  const keys = Object.keys(under).filter((key) => !Object.hasOwn(over, key));
  const merged = Object.entries(over).map(([key, value]) => [key, Object.hasOwn(under, key) ? overlay(under[key], value) : value]);
  return Object.fromEntries([...keys.map((key) => [key, under[key]]), ...merged]);
}
