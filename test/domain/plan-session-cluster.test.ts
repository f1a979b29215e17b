// A session cluster runs or ends, and never ends under the jobs of Deployments (vvp.md §1.7, D4; scenarios E7, D15).
import { describe, expect, it } from 'vitest';
import { planSessionCluster, type SessionLook, type SessionView } from '../../domain/plan-session-cluster.ts';
import type { SessionCluster, SessionClusterPhase } from '../../domain/session-cluster.ts';
import { ago, hours } from '../fixtures/a-moment.ts';
import { sessionClusterId } from '../fixtures/an-id.ts';

interface Parts extends Partial<Omit<SessionView, 'cluster'>> {
  readonly state?: 'RUNNING' | 'STOPPED';
  readonly phase?: SessionClusterPhase;
  readonly incarnation?: number;
}

const UP: SessionLook = { kind: 'up', taskManagers: 2, missingTaskManagers: 0, slots: 4, foreign: 0 };
const GONE: SessionLook = { kind: 'gone', reason: 'exit code 239', text: '' };
const SILENT: SessionLook = { kind: 'unreachable', because: 'connection refused' };
const NEVER: SessionLook = { kind: 'neverStarted' };

function planned({ state = 'RUNNING', phase = 'RUNNING', incarnation = 1, ...view }: Parts) {
  const cluster: SessionCluster = {
    id: sessionClusterId,
    namespace: 'default',
    name: 'shared',
    labels: {},
    annotations: {},
    spec: { state, deploymentTargetName: 'default', flinkConfiguration: {}, numberOfTaskManagers: 2 },
    status: { state: phase, because: 'it was so before' },
    incarnation,
    specVersion: 1,
    intentVersion: 1,
    settledVersion: 0,
    resourceVersion: 1,
    rowVersion: 1,
    createdAt: ago(hours(1)),
    modifiedAt: ago(hours(1)),
  };
  return planSessionCluster({ cluster, look: UP, users: [], target: { kind: 'local' }, ...view });
}

describe('desired RUNNING', () => {
  it('starts what was never started, as the first incarnation', () => {
    expect(planned({ look: NEVER, phase: 'STOPPED', incarnation: 0 })).toMatchObject({ kind: 'startSessionCluster', incarnation: 1 });
  });

  it('starts under the number that was recorded, when it crashed before it started', () => {
    expect(planned({ look: NEVER, phase: 'STARTING', incarnation: 3 })).toMatchObject({ kind: 'startSessionCluster', incarnation: 3 });
  });

  it('starts another incarnation when the JobManager is proven gone: it knows nothing of the one before', () => {
    expect(planned({ look: GONE, incarnation: 3, users: ['click-counter'] })).toMatchObject({ kind: 'startSessionCluster', incarnation: 4 });
  });

  it('starts nothing because of silence', () => {
    expect(planned({ look: SILENT })).toMatchObject({ kind: 'rest', phase: 'RUNNING', wakeInMs: expect.any(Number) });
    expect(planned({ look: SILENT, phase: 'STARTING' })).toMatchObject({ kind: 'awaitSessionCluster', incarnation: 1 });
  });

  it('rests RUNNING with all TaskManagers, and waits for those that miss', () => {
    expect(planned({})).toMatchObject({ kind: 'rest', phase: 'RUNNING' });
    expect(planned({ look: { ...UP, missingTaskManagers: 1 } })).toMatchObject({ kind: 'awaitSessionCluster' });
    expect(planned({ look: { ...UP, slots: 0 } })).toMatchObject({ kind: 'awaitSessionCluster' });
  });

  it('waits for a target that is missing, and looks again', () => {
    expect(planned({ look: NEVER, target: { kind: 'none', because: 'no target' } })).toMatchObject({
      kind: 'rest',
      because: 'no target',
      wakeInMs: expect.any(Number),
    });
  });
});

describe('desired STOPPED', () => {
  const stopped = { state: 'STOPPED' } as const;

  it.each([UP, SILENT, GONE, NEVER])('kills nothing while Deployments have jobs on it, and names them: $kind (E7)', (look) => {
    expect(planned({ ...stopped, look, users: ['a', 'b'] })).toMatchObject({
      kind: 'rest',
      phase: 'RUNNING',
      because: expect.stringMatching(/a, b/),
      wakeInMs: expect.any(Number),
    });
  });

  it('stops it once nobody is on it', () => {
    expect(planned({ ...stopped })).toMatchObject({ kind: 'stopSessionCluster', incarnation: 1 });
    expect(planned({ ...stopped, look: SILENT })).toMatchObject({ kind: 'stopSessionCluster' });
  });

  it('is not stopped while jobs run on it that drey did not start: it stays as it is, says so, and looks again (E7)', () => {
    expect(planned({ ...stopped, look: { ...UP, foreign: 2 } })).toEqual({
      kind: 'rest',
      phase: 'RUNNING',
      because: expect.stringMatching(/^2 jobs that drey did not start/),
      wakeInMs: expect.any(Number),
      refused: true,
    });
    expect(planned({ ...stopped, look: { ...UP, foreign: 0 } })).toMatchObject({ kind: 'stopSessionCluster' });
  });

  it('of somebody else is detached whoever runs jobs on it (D4)', () => {
    expect(planned({ ...stopped, look: { ...UP, foreign: 2 }, target: { kind: 'external' } })).toMatchObject({ kind: 'rest', phase: 'STOPPED' });
  });

  it('clears up after a JobManager that died, then rests', () => {
    expect(planned({ ...stopped, look: GONE })).toMatchObject({ kind: 'stopSessionCluster' });
    expect(planned({ ...stopped, look: GONE, phase: 'STOPPING' })).toMatchObject({ kind: 'rest', phase: 'STOPPED' });
    expect(planned({ ...stopped, look: GONE, phase: 'STOPPED' })).toMatchObject({ kind: 'rest', phase: 'STOPPED' });
  });

  it('rests at once when it was never started', () => {
    expect(planned({ ...stopped, look: NEVER, phase: 'STOPPED', incarnation: 0 })).toMatchObject({ kind: 'rest', phase: 'STOPPED' });
  });
});

describe('a cluster that somebody else runs (D4)', () => {
  it.each([UP, SILENT, GONE, NEVER])('is never started and never stopped: $kind', (look) => {
    for (const state of ['RUNNING', 'STOPPED'] as const) {
      for (const phase of ['STOPPED', 'STARTING', 'RUNNING'] as const)
        expect(planned({ state, phase, look, target: { kind: 'external' } })).toMatchObject({ kind: 'rest' });
    }
  });

  it('is RUNNING while it answers and detached when STOPPED is desired', () => {
    expect(planned({ target: { kind: 'external' } })).toMatchObject({ phase: 'RUNNING' });
    expect(planned({ target: { kind: 'external' }, state: 'STOPPED' })).toMatchObject({ phase: 'STOPPED' });
  });
});
