// The decision for a SessionCluster: run it, or end it. Never while Jobs of Deployments live on it (vvp.md §1.7, scenario E7).
import { assertNever } from './assert-never.ts';
import type { SessionCluster, SessionClusterPhase } from './session-cluster.ts';

export type SessionLook =
  | { readonly kind: 'neverStarted' }
  | { readonly kind: 'unreachable'; readonly because: string }
  | { readonly kind: 'gone'; readonly reason: string; readonly text: string }
  /** `foreign`: live Flink jobs on it that drey did not start. */
  | { readonly kind: 'up'; readonly taskManagers: number; readonly missingTaskManagers: number; readonly slots: number; readonly foreign: number };

export interface SessionView {
  readonly cluster: SessionCluster;
  readonly look: SessionLook;
  /** Names of Deployments whose Jobs live on it. */
  readonly users: readonly string[];
  /** Where its processes run; undefined: its target is missing or of a kind this version cannot start. */
  readonly target: { readonly kind: 'local' } | { readonly kind: 'external' } | { readonly kind: 'none'; readonly because: string };
}

export type SessionStep =
  /** `refused`: it is not stopped, because jobs that drey did not start run on it. */
  | { readonly kind: 'rest'; readonly phase: SessionClusterPhase; readonly because: string; readonly wakeInMs?: number; readonly refused?: true }
  /** `incarnation`: the one to start; it is recorded before anything is started. */
  | { readonly kind: 'startSessionCluster'; readonly incarnation: number; readonly because: string }
  | { readonly kind: 'awaitSessionCluster'; readonly incarnation: number; readonly because: string }
  | { readonly kind: 'stopSessionCluster'; readonly incarnation: number; readonly because: string };

const LOOK_AGAIN_MS = 10_000;

export function planSessionCluster(view: SessionView): SessionStep {
  return view.cluster.spec.state === 'RUNNING' ? planUp(view) : planDown(view);
}

function planUp({ cluster, look, target }: SessionView): SessionStep {
  const { incarnation, status } = cluster;
  if (status.failedSpecVersion === cluster.specVersion) return { kind: 'rest', phase: 'FAILED', because: status.because };
  if (target.kind === 'none') return { kind: 'rest', phase: 'STOPPED', because: target.because, wakeInMs: LOOK_AGAIN_MS };
  if (target.kind === 'external') return planExternal(look);
  switch (look.kind) {
    case 'neverStarted':
      return { kind: 'startSessionCluster', incarnation: Math.max(1, incarnation), because: 'the desired state is RUNNING' };
    case 'gone':
      if (status.state === 'STARTING' || status.state === 'UPDATING') return { kind: 'rest', phase: 'FAILED', because: `it does not come up: ${look.reason}` };
      return { kind: 'startSessionCluster', incarnation: incarnation + 1, because: `its JobManager ended: ${look.reason}` };
    case 'unreachable':
      return cluster.status.state === 'RUNNING'
        ? { kind: 'rest', phase: 'RUNNING', because: `the cluster does not answer: ${look.because}`, wakeInMs: LOOK_AGAIN_MS }
        : { kind: 'awaitSessionCluster', incarnation, because: 'the cluster is starting' };
    case 'up':
      return look.missingTaskManagers === 0 && look.slots > 0
        ? { kind: 'rest', phase: 'RUNNING', because: `${look.taskManagers} TaskManagers with ${look.slots} slots` }
        : { kind: 'awaitSessionCluster', incarnation, because: 'TaskManagers are missing' };
    default:
      return assertNever(look);
  }
}

function planExternal(look: SessionLook): SessionStep {
  if (look.kind === 'up') return { kind: 'rest', phase: 'RUNNING', because: 'the external cluster answers' };
  return { kind: 'rest', phase: 'STARTING', because: 'the external cluster does not answer', wakeInMs: LOOK_AGAIN_MS };
}

function planDown({ cluster, look, target, users }: SessionView): SessionStep {
  if (users.length > 0) {
    return { kind: 'rest', phase: cluster.status.state, because: `Deployments still have jobs on it: ${users.join(', ')}`, wakeInMs: LOOK_AGAIN_MS };
  }
  if (look.kind === 'up' && look.foreign > 0 && target.kind === 'local') {
    const because = `${look.foreign} jobs that drey did not start run on it: end them, then it stops`;
    return { kind: 'rest', phase: cluster.status.state, because, wakeInMs: LOOK_AGAIN_MS, refused: true };
  }
  const ended = look.kind === 'neverStarted' || (look.kind === 'gone' && (cluster.status.state === 'STOPPING' || cluster.status.state === 'STOPPED'));
  if (target.kind !== 'local' || ended) return { kind: 'rest', phase: 'STOPPED', because: 'the desired state is STOPPED' };
  return { kind: 'stopSessionCluster', incarnation: cluster.incarnation, because: 'the desired state is STOPPED' };
}
