// drey.dev/require-state: no start without state once the Deployment has ever had any, and no running job is ended for one (scenarios A2, A17).
import { describe, expect, it } from 'vitest';
import { REQUIRE_STATE, requiresState, savepointFormat } from '../../domain/instructions.ts';
import type { Job } from '../../domain/job.ts';
import { chooseRestore } from '../../domain/restore.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, aTemplate, type DeploymentOverrides } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aFinishedJob, aJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, minutes } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, anOpenSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, planned, RESTARTING } from '../fixtures/a-view.ts';

const required = (over: DeploymentOverrides = {}) => aDeployment({ annotations: { [REQUIRE_STATE]: 'true' }, ...over });
const edited = (over: DeploymentOverrides = {}) => required({ phase: 'RUNNING', specVersion: 2, spec: { template: aTemplate('--version 2') }, ...over });
const DISCARDS = { flinkConfiguration: {} };
const newestCheckpoint = { id: 9, at: ago(minutes(20)), location: 's3://b/chk-9' };
const choose = (view: Partial<View>, over: DeploymentOverrides = {}) => chooseRestore(aView({ deployment: required(over), ...view }));

describe('the annotation', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['false', false],
    ['', false],
    ['yes', false],
  ])('%j means %s', (value, meant) => {
    expect(requiresState(aView({ deployment: aDeployment({ annotations: { [REQUIRE_STATE]: value } }) }))).toBe(meant);
  });

  it('is off when it is not there', () => {
    expect(requiresState(aView())).toBe(false);
  });

  it.each([
    ['true', undefined, true],
    ['TRUE', undefined, true],
    ['false', undefined, false],
    ['true', 'false', false],
    ['true', 'False', false],
    ['true', 'yes', true],
    ['false', 'true', true],
  ])('%j for the namespace and %j for the Deployment means %s', (ofNamespace, own, meant) => {
    const annotations = own === undefined ? {} : { [REQUIRE_STATE]: own };
    const view = aView({ deployment: aDeployment({ annotations }), defaultAnnotations: { [REQUIRE_STATE]: ofNamespace } });
    expect(requiresState(view)).toBe(meant);
  });

  it('has a neighbour that chooses the savepoint format, CANONICAL unless it says NATIVE (D28)', () => {
    const format = (value: string) => savepointFormat({ annotations: { 'drey.dev/savepoint-format': value } });
    expect([format('NATIVE'), format('native'), format('CANONICAL'), format('?'), savepointFormat({ annotations: {} })]).toEqual([
      'NATIVE',
      'NATIVE',
      'CANONICAL',
      'CANONICAL',
      'CANONICAL',
    ]);
  });
});

describe('a first start', () => {
  it.each(['NONE', 'LATEST_STATE', 'LATEST_SAVEPOINT'] as const)('is not held up: there never was state (%s)', (restore) => {
    for (const jobs of [[], [aFailedJob()], [aTerminatedJob({ hadState: false })]])
      expect(choose({ jobs }, { restore })).toEqual({ kind: 'empty', why: 'FIRST_START' });
  });
});

describe('a start without state', () => {
  const empty: readonly [string, Partial<View>, DeploymentOverrides][] = [
    ['after a job whose retention discarded its checkpoints', { jobs: [aTerminatedJob(DISCARDS)] }, {}],
    ['after a bounded job, with a new template', { jobs: [aFinishedJob()] }, { specVersion: 2, spec: { template: aTemplate('--version 2') } }],
    ['under restoreStrategy NONE although a Savepoint is there', { jobs: [aTerminatedJob()], savepoints: [aSavepoint()] }, { restore: 'NONE' }],
    ['when all Jobs and Savepoints are forgotten', {}, { hadState: true }],
    ['when a checkpoint was seen by the watch only', { jobs: [aTerminatedJob({ ...DISCARDS, hadState: false })] }, { hadState: true }],
  ];

  it.each(empty)('is refused %s', (_, view, over) => {
    const step = planned({ deployment: required(over), ...view });
    expect(step).toMatchObject({
      kind: 'giveUp',
      code: 'MANUAL_RESTORE_REQUIRED',
      because: expect.stringMatching(/^MANUAL_RESTORE_REQUIRED: drey.dev\/require-state/),
    });
    expect(step.because).toMatch(/Register a Savepoint.*remove the annotation/);
  });

  it.each(empty)('is done without the annotation %s, and says so', (_, view, over) => {
    const step = planned({ deployment: aDeployment(over), ...view });
    expect(step).toMatchObject({ kind: 'fetchArtifact', create: { restoreFrom: null }, because: expect.stringMatching(/^start without state: [A-Z_]+: /) });
  });

  it.each(empty)('is refused %s when the namespace says so, unless the Deployment says "false"', (_, view, over) => {
    const ofNamespace = { defaultAnnotations: { [REQUIRE_STATE]: 'true' }, ...view };
    const step = planned({ deployment: aDeployment(over), ...ofNamespace });
    expect(step).toMatchObject({ kind: 'giveUp', code: 'MANUAL_RESTORE_REQUIRED', because: expect.stringContaining('is set for the namespace') });
    expect(step.because).toContain('set the annotation to "false" at the Deployment');
    expect(planned({ deployment: aDeployment({ annotations: { [REQUIRE_STATE]: 'false' }, ...over }), ...ofNamespace })).toMatchObject({
      kind: 'fetchArtifact',
    });
  });

  it('is not needed when a Savepoint is there', () => {
    for (const savepoint of [aSavepoint(), aCopiedSavepoint(), aRetainedCheckpoint()])
      expect(choose({ jobs: [aTerminatedJob(DISCARDS)], savepoints: [savepoint] })).toMatchObject({ kind: 'from' });
  });
});

describe('an upgrade of a running job', () => {
  const blocked = (over: DeploymentOverrides, job: Partial<Job> = {}, view: Partial<View> = {}) =>
    planned({ deployment: edited(over), jobs: [aJob(job)], look: aLook(), ...view });

  it.each(['STATEFUL', 'STATELESS'] as const)('under restoreStrategy NONE is not done, and no savepoint is taken: %s (A17)', (upgrade) => {
    expect(blocked({ upgrade, restore: 'NONE' })).toMatchObject({ kind: 'rest', phase: 'RUNNING', blocked: 'STATE_WOULD_BE_DISCARDED' });
  });

  it('that would end the job without anything to start from is not done (A2)', () => {
    expect(blocked({ upgrade: 'STATELESS' }, DISCARDS)).toMatchObject({ kind: 'rest', phase: 'RUNNING', blocked: 'NO_RESTORE_SOURCE' });
  });

  it.each<[string, DeploymentOverrides, Partial<Job>, Partial<View>, string]>([
    ['STATEFUL: it takes its savepoint', { upgrade: 'STATEFUL' }, DISCARDS, {}, 'stopWithSavepoint'],
    ['STATELESS, its checkpoints are retained', { upgrade: 'STATELESS' }, {}, {}, 'cancelJob'],
    ['STATELESS, a Savepoint is there (A2)', { upgrade: 'STATELESS' }, DISCARDS, { savepoints: [aSavepoint()] }, 'cancelJob'],
    ['STATELESS, there never was state', { upgrade: 'STATELESS' }, { ...DISCARDS, hadState: false }, {}, 'cancelJob'],
    ['NONE as restoreStrategy, there never was state', { upgrade: 'STATELESS', restore: 'NONE' }, { hadState: false }, {}, 'cancelJob'],
  ])('is done when state is safe: %s', (_, over, job, view, kind) => {
    expect(blocked(over, job, view)).toMatchObject({ kind });
  });

  it('that was held up goes on with a savepoint that a user asks for', () => {
    const asked = anOpenSavepoint({ origin: 'USER_REQUEST', triggered: false });
    expect(blocked({ upgrade: 'STATELESS' }, DISCARDS, { savepoints: [asked] })).toMatchObject({ kind: 'takeSavepoint' });
    expect(blocked({ upgrade: 'STATELESS' }, DISCARDS, { savepoints: [aSavepoint({ origin: 'USER_REQUEST' })] })).toMatchObject({ kind: 'cancelJob' });
  });

  it('is held up by the word of the namespace as by the Deployment’s own', () => {
    const view = { deployment: edited({ annotations: {}, restore: 'NONE' }), jobs: [aJob()], look: aLook() };
    expect(planned({ ...view, defaultAnnotations: { [REQUIRE_STATE]: 'true' } })).toMatchObject({ kind: 'rest', blocked: 'STATE_WOULD_BE_DISCARDED' });
    expect(planned(view)).toMatchObject({ kind: 'stopWithSavepoint' });
  });

  it('without the annotation is done and announced (A2, A17)', () => {
    const over = { annotations: {} };
    expect(blocked({ upgrade: 'STATELESS', ...over }, DISCARDS)).toMatchObject({ kind: 'cancelJob', reason: 'STATELESS' });
    expect(blocked({ upgrade: 'STATEFUL', restore: 'NONE', ...over })).toMatchObject({ kind: 'stopWithSavepoint' });
  });

  it('that is held up leaves a job alone that restarts, and still brings back what it lost', () => {
    const step = planned({ deployment: edited({ restore: 'NONE' }), jobs: [aJob()], look: RESTARTING });
    expect(step).toMatchObject({ kind: 'rest', phase: 'RUNNING', blocked: 'STATE_WOULD_BE_DISCARDED' });
  });
});

describe('what a user orders is done', () => {
  it.each([
    ['CANCELLED', { kind: 'cancelJob', reason: 'CANCELLED' }],
    ['SUSPENDED', { kind: 'stopWithSavepoint' }],
  ] as const)('desired %s', (state, step) => {
    expect(planned({ deployment: edited({ state, restore: 'NONE' }), jobs: [aJob(DISCARDS)], look: aLook() })).toMatchObject(step);
  });
});

// Invariant 3 without the annotation: LATEST_SAVEPOINT never leaves a retained checkpoint behind to start empty.
describe('LATEST_SAVEPOINT with nothing but a retained checkpoint', () => {
  const chosen = (jobs: readonly Job[], savepoints: View['savepoints'] = []) =>
    chooseRestore(aView({ deployment: aDeployment({ restore: 'LATEST_SAVEPOINT' }), jobs, savepoints }));

  it('does not start empty: it names the checkpoint and the ways out', () => {
    expect(chosen([aTerminatedJob()], [aRetainedCheckpoint()])).toMatchObject({
      kind: 'lost',
      because: expect.stringMatching(/^MANUAL_RESTORE_REQUIRED: .*checkpoint 7 at file:.*chk-7.*LATEST_STATE.*[Rr]egister.*NONE/),
    });
  });

  it('does not start empty when that checkpoint is lost either', () => {
    const job = aFailedJob({ hadState: true, end: { how: 'GONE', failure: aFailure() }, newestCheckpoint });
    expect(chosen([job])).toMatchObject({ kind: 'lost', because: expect.stringContaining('s3://b/chk-9') });
  });

  it('starts empty when the retention of the job discarded it', () => {
    expect(chosen([aTerminatedJob(DISCARDS)])).toEqual({ kind: 'empty', why: 'CHECKPOINTS_NOT_RETAINED' });
  });

  it('ends no running job by a STATELESS upgrade that could not start another', () => {
    const deployment = edited({ annotations: {}, upgrade: 'STATELESS', restore: 'LATEST_SAVEPOINT' });
    expect(planned({ deployment, jobs: [aJob()], look: aLook() })).toMatchObject({ kind: 'rest', phase: 'RUNNING', blocked: 'NO_RESTORE_SOURCE' });
    expect(planned({ deployment, jobs: [aJob({ hadState: false })], look: aLook() })).toMatchObject({ kind: 'cancelJob' });
    expect(planned({ deployment, jobs: [aJob()], savepoints: [aSavepoint({ id: savepointId(3), jobId: jobId(7) })], look: aLook() })).toMatchObject({
      kind: 'cancelJob',
    });
  });
});
