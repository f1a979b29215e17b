// Titles of transitions, as Temporal's UI lists them: what the user's write asks for, in at most 200 bytes.
import { isUpgrade } from './changes.ts';
import type { Deployment } from './deployment.ts';
import type { SessionCluster } from './session-cluster.ts';

type Written = Pick<Deployment, 'name' | 'spec' | 'specVersion' | 'status'>;

const ASKS = { RUNNING: 'start', SUSPENDED: 'suspend', CANCELLED: 'cancel' } as const;

/** `before` is undefined for a new Deployment. */
export function summarizeDeployment(before: Written | undefined, after: Written): string {
  return `${after.name}: ${asked(before, after)}`;
}

function asked(before: Written | undefined, { spec, specVersion }: Written): string {
  if (before === undefined) return spec.state === 'RUNNING' ? `start, version ${specVersion}` : `created ${spec.state}`;
  if (before.specVersion === specVersion) return 'look again';
  if (before.spec.state !== spec.state) return spec.state === 'RUNNING' ? `start, version ${specVersion}` : ASKS[spec.state];
  if (spec.state !== 'RUNNING' || !isUpgrade(before.spec, spec)) return `version ${specVersion}`;
  return before.status.state === 'RUNNING' ? `RUNNING → upgrade to version ${specVersion}` : `start, version ${specVersion}`;
}

export function summarizeSavepoint(deployment: Pick<Deployment, 'name'>): string {
  return `${deployment.name}: savepoint`;
}

export function summarizeDeletion(deployment: Pick<Deployment, 'name'>): string {
  return `${deployment.name}: delete a savepoint`;
}

export function summarizeSessionCluster(before: SessionCluster | undefined, after: SessionCluster): string {
  if (before?.spec.state !== after.spec.state) return `${after.name}: ${after.spec.state === 'RUNNING' ? 'start' : 'stop'}`;
  return `${after.name}: version ${after.specVersion}`;
}
