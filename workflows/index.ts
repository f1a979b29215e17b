// The entry of the workflow bundle: every workflow, and nothing else.
export { deploymentTransition } from './deployment-transition.ts';
export { sessionClusterTransition } from './session-cluster-transition.ts';
export { sweep } from './sweep.ts';
