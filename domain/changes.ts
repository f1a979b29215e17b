// What a change of the spec means. A new spec field does not compile until this table says it.
import type { DeploymentSpec } from './deployment.ts';
import type { Job, Place } from './job.ts';
import { sameJson } from './json.ts';

/** `upgrade`: a running job that differs is replaced. `rule`: only changes what drey decides. `desired`: the state itself. */
const MEANING = {
  state: 'desired',
  upgradeStrategy: 'rule',
  restoreStrategy: 'rule',
  maxSavepointCreationAttempts: 'rule',
  maxJobCreationAttempts: 'rule',
  jobFailureExpirationTime: 'rule',
  deploymentTargetId: 'upgrade',
  deploymentTargetName: 'upgrade',
  sessionClusterName: 'upgrade',
  template: 'upgrade',
} as const satisfies Record<keyof Required<DeploymentSpec>, 'upgrade' | 'rule' | 'desired'>;

/** Names of the top-level spec fields in which two specs differ. */
export function changedFields(before: DeploymentSpec, after: DeploymentSpec): readonly (keyof DeploymentSpec)[] {
  return (Object.keys(MEANING) as (keyof typeof MEANING)[]).filter((field) => !sameJson(before[field], after[field]));
}

/** True when a running job would be replaced by this change (D24). */
export function isUpgrade(before: DeploymentSpec, after: DeploymentSpec): boolean {
  return changedFields(before, after).some((field) => MEANING[field] === 'upgrade');
}

/** True when the Job runs what the spec wants, where the spec wants it. An unknown place (its target is missing) counts as another one. */
export function runsSpec(job: Pick<Job, 'template' | 'place'>, spec: DeploymentSpec, place: Place | undefined): boolean {
  return sameJson(job.template, spec.template) && place !== undefined && sameJson(job.place, place);
}
