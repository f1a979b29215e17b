// The kinds of runs whose histories are kept, each with an activity that its history must contain.

export const KINDS = {
  start: 'submitJob',
  'start-in-session': 'uploadJar',
  'stateful-upgrade': 'stopWithSavepoint',
  'stateless-upgrade': 'cancelJob',
  'nudged-upgrade': 'awaitSavepoint',
  suspend: 'stopWithSavepoint',
  resume: 'submitJob',
  cancel: 'cancelJob',
  recovery: 'collectCheckpoints',
  'giving-up': 'fetchArtifact',
  'user-savepoint': 'takeSavepoint',
  'session-cluster-start': 'startSessionCluster',
  'session-cluster-stop': 'stopSessionCluster',
  sweep: 'watchFleet',
} as const;

export type Kind = keyof typeof KINDS;
