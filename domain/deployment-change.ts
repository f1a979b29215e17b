// What a change of a Deployment is: what differs, and of which class it is. Of a write, between what is stored and what is wanted; of a
// Deployment as it stands, between what its live Job runs and what the spec wants.
import { isUpgrade, runsSpec } from './changes.ts';
import type { Deployment } from './deployment.ts';
import { type Difference, differences } from './differences.ts';
import type { Place } from './job.ts';
import { liveJob } from './learn.ts';
import type { View } from './view.ts';

export const CHANGE_CLASSES = ['none', 'create', 'relabel', 'state', 'upgrade'] as const;
type ChangeClass = (typeof CHANGE_CLASSES)[number];

export interface DeploymentChange {
  readonly diff: readonly Difference[];
  readonly change: ChangeClass;
}

/** `before` is undefined for a new Deployment. */
export function changeByWrite(before: Deployment | undefined, after: Deployment): DeploymentChange {
  const diff = differences(before === undefined ? {} : wishesOf(before), wishesOf(after));
  return { diff, change: classOfWrite(before, after, diff) };
}

function classOfWrite(before: Deployment | undefined, after: Deployment, diff: readonly Difference[]): ChangeClass {
  if (before === undefined) return 'create';
  if (before.spec.state !== after.spec.state) return 'state';
  if (isUpgrade(before.spec, after.spec)) return 'upgrade';
  return diff.length === 0 ? 'none' : 'relabel';
}

/** What a user decides about it. */
function wishesOf({ displayName, labels, annotations, spec }: Deployment): object {
  return { metadata: { ...(displayName === undefined ? {} : { displayName }), labels, annotations }, spec };
}

export function changeAhead(view: View): DeploymentChange {
  const job = liveJob(view);
  const { spec } = view.deployment;
  if (job === undefined) return { diff: [], change: restsAsWanted(view) ? 'none' : 'state' };
  const wanted = view.place.kind === 'missing' ? namedIn(view.deployment) : nameOf(view.place.place);
  const diff = differences({ spec: { ...nameOf(job.place), template: job.template } }, { spec: { ...wanted, template: spec.template } });
  if (spec.state !== 'RUNNING') return { diff, change: 'state' };
  return { diff, change: runsSpec(job, spec, view.place.kind === 'missing' ? undefined : view.place.place) ? 'none' : 'upgrade' };
}

/** Without a live Job. */
function restsAsWanted({ deployment: { spec, status } }: View): boolean {
  return spec.state === 'RUNNING' ? ['FINISHED', 'FAILED'].includes(status.state) : status.state === spec.state;
}

function nameOf(place: Place): object {
  return place.kind === 'session' ? { sessionClusterName: place.sessionCluster } : { deploymentTargetName: place.target };
}

function namedIn({ spec: { sessionClusterName, deploymentTargetName, deploymentTargetId } }: Deployment): object {
  return { sessionClusterName, deploymentTargetName, deploymentTargetId };
}
