// No job is live: what each desired state makes of that (design.md §4, vvp.md §2.2, D12).
import { describe, expect, it } from 'vitest';
import { statusAfter } from '../../domain/status.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFinishedJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { NOW } from '../fixtures/a-moment.ts';
import { jobId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, aFailedSavepoint, anOpenSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aView, planned } from '../fixtures/a-view.ts';

describe('desired CANCELLED without a live job', () => {
  it.each([
    ['nothing ever ran', []],
    ['the last job was cancelled', [aTerminatedJob()]],
    ['the last job failed', [aFailedJob()]],
    ['the last job finished', [aFinishedJob()]],
  ])('rests CANCELLED when %s', (_, jobs) => {
    expect(planned({ deployment: aDeployment({ state: 'CANCELLED' }), jobs })).toMatchObject({ kind: 'rest', phase: 'CANCELLED' });
  });

  it('is left for CANCELLED also by a Deployment that gave up', () => {
    const deployment = aDeployment({ state: 'CANCELLED', phase: 'FAILED', specVersion: 2, failedSpecVersion: 2 });
    expect(planned({ deployment, jobs: [aFailedJob()] })).toMatchObject({ kind: 'rest', phase: 'CANCELLED' });
  });

  it('relabels a suspended Deployment and touches nothing', () => {
    const deployment = aDeployment({ state: 'CANCELLED', phase: 'SUSPENDED' });
    expect(planned({ deployment, jobs: [aTerminatedJob()], savepoints: [aSavepoint()] })).toMatchObject({ kind: 'rest', phase: 'CANCELLED' });
  });
});

describe('desired SUSPENDED without a live job', () => {
  it.each(['CANCELLED', 'FAILED', 'FINISHED'] as const)('goes from %s to SUSPENDED when a completed Savepoint is there (D12)', (phase) => {
    const deployment = aDeployment({ state: 'SUSPENDED', phase });
    expect(planned({ deployment, jobs: [aTerminatedJob()], savepoints: [aRetainedCheckpoint()] })).toMatchObject({ kind: 'rest', phase: 'SUSPENDED' });
  });

  it.each(['CANCELLED', 'FAILED', 'FINISHED'] as const)('goes from %s to FAILED when there is nothing to be suspended with (D12)', (phase) => {
    const deployment = aDeployment({ state: 'SUSPENDED', phase });
    expect(planned({ deployment, jobs: [aTerminatedJob()] })).toMatchObject({ kind: 'giveUp', code: 'COULD_NOT_FIND_A_JOB_TO_SUSPEND' });
  });

  // D12 has no exception for a Deployment that never ran; the code rests SUSPENDED.
  it('goes from CANCELLED to FAILED also when no job ever ran (D12)', () => {
    expect(planned({ deployment: aDeployment({ state: 'SUSPENDED', phase: 'CANCELLED' }) })).toMatchObject({ code: 'COULD_NOT_FIND_A_JOB_TO_SUSPEND' });
  });

  it.each([
    ['none', []],
    ['a registered one', [aCopiedSavepoint()]],
  ])('a Deployment that was created so rests at once, with %s as Savepoint (E2)', (_, savepoints) => {
    const deployment = aDeployment({ state: 'SUSPENDED', phase: 'SUSPENDED' });
    expect(planned({ deployment, savepoints })).toMatchObject({ kind: 'rest', phase: 'SUSPENDED' });
  });

  it.each([
    ['FAILED', aFailedSavepoint()],
    ['STARTED', anOpenSavepoint()],
    ['PENDING_DELETION', aSavepoint({ state: 'PENDING_DELETION' })],
    ['FAILED_DELETION', aSavepoint({ state: 'FAILED_DELETION' })],
  ])('takes no Savepoint in %s for one to be suspended with', (_, savepoint) => {
    const deployment = aDeployment({ state: 'SUSPENDED', phase: 'CANCELLED' });
    expect(planned({ deployment, jobs: [aTerminatedJob()], savepoints: [savepoint] })).toMatchObject({ kind: 'giveUp' });
  });

  it('stays FAILED once it gave up, until the spec changes', () => {
    const gaveUp = aDeployment({
      state: 'SUSPENDED',
      phase: 'FAILED',
      specVersion: 3,
      failedSpecVersion: 3,
      status: { because: 'there is nothing to suspend' },
    });
    expect(planned({ deployment: gaveUp, jobs: [aTerminatedJob()], savepoints: [aSavepoint()] })).toEqual({
      kind: 'rest',
      phase: 'FAILED',
      because: 'there is nothing to suspend',
    });
    const edited = { ...gaveUp, specVersion: 4 };
    expect(planned({ deployment: edited, jobs: [aTerminatedJob()], savepoints: [aSavepoint()] })).toMatchObject({ kind: 'rest', phase: 'SUSPENDED' });
  });
});

describe('desired RUNNING after giving up', () => {
  const gaveUp = aDeployment({ phase: 'FAILED', specVersion: 3, failedSpecVersion: 3, status: { because: '4 of 4 attempts failed' } });

  it('stays FAILED, with the reason it gave, however often it is looked at', () => {
    expect(planned({ deployment: gaveUp, jobs: [aFailedJob({ specVersion: 3 })] })).toEqual({
      kind: 'rest',
      phase: 'FAILED',
      because: '4 of 4 attempts failed',
    });
  });

  it('stays FAILED when the failures have expired meanwhile: only an edit leaves it', () => {
    const deployment = { ...gaveUp, spec: { ...gaveUp.spec, jobFailureExpirationTime: '1 s' } };
    expect(planned({ deployment, jobs: [aFailedJob({ specVersion: 3 })] })).toMatchObject({ kind: 'rest', phase: 'FAILED' });
  });

  it('stays FAILED when a Savepoint is registered: that is no new spec', () => {
    expect(planned({ deployment: gaveUp, jobs: [aFailedJob({ specVersion: 3 })], savepoints: [aCopiedSavepoint()] })).toMatchObject({
      kind: 'rest',
      phase: 'FAILED',
    });
  });

  it('starts again, from attempt 1, with a new specVersion', () => {
    const deployment = { ...gaveUp, specVersion: 4 };
    expect(planned({ deployment, jobs: [aFailedJob({ specVersion: 3 })] })).toMatchObject({
      kind: 'fetchArtifact',
      attempt: 1,
      create: { templateOf: 'spec' },
    });
  });
});

describe('desired RUNNING after a bounded job came to its end', () => {
  const deployment = aDeployment({ phase: 'FINISHED' });
  const jobs = [aFinishedJob()];

  it('rests FINISHED and runs nothing again', () => {
    expect(planned({ deployment, jobs })).toMatchObject({ kind: 'rest', phase: 'FINISHED' });
  });

  it('stays FINISHED when only strategies and limits change', () => {
    const edited = aDeployment({ phase: 'FINISHED', specVersion: 2, upgrade: 'STATELESS', restore: 'NONE', spec: { maxJobCreationAttempts: 9 } });
    expect(planned({ deployment: edited, jobs })).toMatchObject({ kind: 'rest', phase: 'FINISHED' });
  });

  it.each(['STATELESS', 'STATEFUL'] as const)('runs anew with another template under %s', (upgrade) => {
    const edited = aDeployment({ phase: 'FINISHED', specVersion: 2, upgrade, spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment: edited, jobs })).toMatchObject({ kind: 'fetchArtifact', create: { templateOf: 'spec' } });
  });

  // scenarios.md A, first table, row FINISHED; the code starts J2.
  it('stays FINISHED under upgradeStrategy NONE, whatever the template', () => {
    const edited = aDeployment({ phase: 'FINISHED', specVersion: 2, upgrade: 'NONE', spec: { template: aTemplate('--version 2') } });
    expect(planned({ deployment: edited, jobs })).toMatchObject({ kind: 'rest', phase: 'FINISHED' });
  });

  it.each(['CANCELLED', 'SUSPENDED'] as const)('runs anew after it came to rest %s', (state) => {
    const left = aView({ deployment: aDeployment({ state, phase: 'FINISHED', specVersion: 2 }), jobs, savepoints: [aSavepoint()] });
    const status = statusAfter(left, planned(left), NOW);
    expect(status).toMatchObject({ state, leftJobId: jobId(1) });
    expect(planned({ deployment: aDeployment({ specVersion: 3, status }), jobs })).toMatchObject({ kind: 'fetchArtifact' });
  });

  it('stays FINISHED when CANCELLED was asked for and taken back before anybody looked', () => {
    expect(planned({ deployment: aDeployment({ phase: 'FINISHED', specVersion: 3 }), jobs })).toMatchObject({ kind: 'rest', phase: 'FINISHED' });
  });
});
