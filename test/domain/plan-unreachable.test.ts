// Unknown is not gone: a cluster that does not answer starts nothing, stops nothing and is no attempt (design.md §4 rule 7; scenarios C1).
import { describe, expect, it } from 'vitest';
import type { Step } from '../../domain/step.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aJob, aStartingJob, SESSION } from '../fixtures/a-job.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { anOpenSavepoint } from '../fixtures/a-savepoint.ts';
import { aView, learned, planned, UNKNOWN_JOB, UNREACHABLE } from '../fixtures/a-view.ts';
import { plan } from '../../domain/plan.ts';

const HARMLESS: readonly Step['kind'][] = ['rest', 'awaitRunning', 'awaitSavepoint', 'awaitEnd', 'pause'];
const edited = { template: aTemplate('--version 2') };

describe('while the cluster does not answer', () => {
  it('a running Deployment stays RUNNING and is looked at again', () => {
    expect(planned({ jobs: [aJob()], look: UNREACHABLE })).toMatchObject({ kind: 'rest', phase: 'RUNNING', wakeInMs: expect.any(Number) });
  });

  it('an outdated one stays RUNNING under upgradeStrategy NONE', () => {
    const deployment = aDeployment({ upgrade: 'NONE', phase: 'RUNNING', spec: edited });
    expect(planned({ deployment, jobs: [aJob()], look: UNREACHABLE })).toMatchObject({ kind: 'rest', phase: 'RUNNING' });
  });

  // Rule 7, C1. The code goes to TRANSITIONING, and tells of an upgrade that is none.
  it('a Deployment stays RUNNING although a savepoint of a user is under way', () => {
    const savepoints = [anOpenSavepoint({ origin: 'USER_REQUEST' })];
    expect(planned({ deployment: aDeployment({ phase: 'RUNNING' }), jobs: [aJob()], savepoints, look: UNREACHABLE })).toMatchObject({
      kind: 'rest',
      phase: 'RUNNING',
    });
  });

  it.each([
    ['SUSPENDED', aDeployment({ state: 'SUSPENDED' })],
    ['CANCELLED', aDeployment({ state: 'CANCELLED' })],
    ['a STATELESS upgrade', aDeployment({ upgrade: 'STATELESS', spec: edited })],
    ['a STATEFUL upgrade', aDeployment({ upgrade: 'STATEFUL', spec: edited })],
  ])('%s waits in TRANSITIONING and triggers nothing', (_, deployment) => {
    expect(planned({ deployment, jobs: [aJob()], look: UNREACHABLE })).toMatchObject({ kind: 'rest', phase: 'TRANSITIONING', wakeInMs: expect.any(Number) });
  });

  it('a recorded stop is not sent', () => {
    const savepoints = [anOpenSavepoint({ triggered: false })];
    expect(planned({ deployment: aDeployment({ state: 'SUSPENDED' }), jobs: [aJob()], savepoints, look: UNREACHABLE })).toMatchObject({ kind: 'rest' });
  });

  it('a start goes on waiting', () => {
    expect(HARMLESS).toContain(planned({ jobs: [aStartingJob()], look: UNREACHABLE }).kind);
  });

  // Invariants 5 and 8: nobody knows whether its tasks run by now. The code records a cancel as NEVER_RAN, and carries it out
  // when the cluster answers again: a job that has run for hours is then ended without the savepoint that was asked for.
  it.each([
    ['SUSPENDED', aDeployment({ state: 'SUSPENDED', specVersion: 2 })],
    ['another template', aDeployment({ specVersion: 2, spec: edited })],
  ])('a starting job is not ended when the user wants %s by now', (_, deployment) => {
    const job = aStartingJob({ place: SESSION });
    expect(HARMLESS).toContain(planned({ deployment, jobs: [job], look: UNREACHABLE, place: { kind: 'ready', place: SESSION } }).kind);
  });

  // Invariant 8: "silence … ends nothing and is no attempt". The code ends the start and counts it.
  it('a starting job is not ended when the start limit passes', () => {
    const started = aStartingJob();
    const job = { ...started, artifact: { ...started.artifact, path: '', sha256: '', bytes: 0, dependencies: [], fetchedAt: ago(minutes(11)) } };
    expect(HARMLESS).toContain(planned({ jobs: [job], look: UNREACHABLE }).kind);
  });

  it('no Job is made, however long it lasts', () => {
    const job = aJob({ observed: { status: 'UNKNOWN', restarts: 0, at: ago(minutes(9999)) } });
    for (const state of ['RUNNING', 'SUSPENDED'] as const)
      expect(HARMLESS).toContain(planned({ deployment: aDeployment({ state, spec: edited }), jobs: [job], look: UNREACHABLE }).kind);
  });

  // Rule 7: "10 s, ×2, ≤ 60 s". The code always waits the first delay.
  it('is looked at after 10 s, then twice that, at most a minute', () => {
    const after = (ms: number) => planned({ jobs: [aJob({ observed: { status: 'UNKNOWN', restarts: 0, at: ago(ms) } })], look: UNREACHABLE });
    expect(after(0)).toMatchObject({ wakeInMs: 10_000 });
    expect(after(minutes(30))).toMatchObject({ wakeInMs: 60_000 });
  });
});

describe('while the JobManager answers and denies knowing the job', () => {
  const seenAbsentFor = (ms: number) => aJob({ observed: { status: 'ABSENT', restarts: 0, at: ago(ms) } });
  const decided = (ms: number) => {
    const view = learned(aView({ deployment: aDeployment({ phase: 'RUNNING' }), jobs: [seenAbsentFor(ms)], look: UNKNOWN_JOB }));
    return plan(view, NOW);
  };

  it('the job is not given up within the grace time', () => {
    expect(decided(minutes(1) - 1)).toMatchObject({ kind: 'rest', phase: 'RUNNING', wakeInMs: expect.any(Number) });
  });

  it('the job counts as gone after it, and what it left is collected first', () => {
    expect(decided(minutes(1))).toMatchObject({ kind: 'collectCheckpoints' });
  });
});
