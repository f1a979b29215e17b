// Names, ids and messages of the workflows: the one place that builds them. Imports nothing, so that every room can read it.

export const TASK_QUEUE = 'drey';
/** What Temporal calls the workers of all builds together. */
export const WORKER_DEPLOYMENT = 'drey';
/** Says "look again"; carries nothing. */
export const NUDGE_SIGNAL = 'nudge';
export const SWEEP_SCHEDULE = 'sweep';

export const WORKFLOW = {
  deploymentTransition: 'deploymentTransition',
  sessionClusterTransition: 'sessionClusterTransition',
  sweep: 'sweep',
} as const;

/** Registered before the first start (`reference/temporal.md` §3.6). */
export const SEARCH_ATTRIBUTES = {
  DreyNamespace: 'KEYWORD',
  DreyDeployment: 'KEYWORD',
  DreyDesired: 'KEYWORD',
  DreyPhase: 'KEYWORD',
  DreyVersion: 'INT',
} as const;

interface Addressed {
  readonly namespace: string;
  readonly name: string;
  readonly id: string;
}

/** At most one open run has this id: that is the lock per Deployment. */
export function deploymentWorkflowId({ namespace, name, id }: Addressed): string {
  return `deployment/${namespace}/${name}/${id}`;
}

export function sessionClusterWorkflowId({ namespace, name, id }: Addressed): string {
  return `session-cluster/${namespace}/${name}/${id}`;
}
