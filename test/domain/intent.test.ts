// The rows that a Step intends: written before its deed, supposed by a plan.
import { describe, expect, it } from 'vitest';
import { jobToMake, markOfCancel, markOfTearDown, suspensionToMake } from '../../domain/intent.ts';
import type { Job } from '../../domain/job.ts';
import type { Step } from '../../domain/step.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aJob, aNewJob, LOCAL, SESSION } from '../fixtures/a-job.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { deploymentId, jobId, savepointId } from '../fixtures/an-id.ts';
import { anOpenSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, GONE } from '../fixtures/a-view.ts';

const DIRECTORIES = { savepoints: 'file:///blobs/s', checkpoints: 'file:///blobs/c', archive: 'file:///blobs/a' };
type Fetch = Extract<Step, { kind: 'fetchArtifact' }>;
type Cancel = Extract<Step, { kind: 'cancelJob' }>;

describe('the Job that is made', () => {
  const fetch = (create: object | undefined) => ({ kind: 'fetchArtifact', jobId: jobId(9), create, attempt: 1, because: 'a start' }) as unknown as Fetch;

  it('is of the spec as it stands, where it is to run, without state', () => {
    const deployment = aDeployment({ specVersion: 3, spec: { template: aTemplate('--version 3') } });
    const { flinkConfiguration, ...job } = jobToMake(aView({ deployment }), fetch({ restoreFrom: null, templateOf: 'spec' }), DIRECTORIES);
    expect(job).toEqual({
      id: jobId(9),
      deploymentId,
      namespace: 'default',
      deploymentName: 'click-counter',
      specVersion: 3,
      template: aTemplate('--version 3'),
      place: LOCAL,
      allowNonRestoredState: false,
    });
    expect(Object.values(flinkConfiguration).some((value) => value.startsWith('file:///blobs/c'))).toBe(true);
  });

  it('names the Savepoint that it starts from', () => {
    const view = aView({ savepoints: [aSavepoint({ id: savepointId(2) }), aSavepoint()] });
    expect(jobToMake(view, fetch({ restoreFrom: savepointId(1), templateOf: 'spec' }), DIRECTORIES).restore).toEqual({
      savepointId: savepointId(1),
      location: aSavepoint().location,
    });
  });

  it('takes template and place of the Job that it is to be like', () => {
    const old = aFailedJob({ id: jobId(2), template: aTemplate('--version 0'), place: SESSION });
    const { template, place } = jobToMake(aView({ jobs: [aFailedJob(), old] }), fetch({ restoreFrom: null, templateOf: jobId(2) }), DIRECTORIES);
    expect({ template, place }).toEqual({ template: aTemplate('--version 0'), place: SESSION });
  });

  it('takes over whether state may be left behind', () => {
    const base = aDeployment();
    const deployment = { ...base, spec: { ...base.spec, restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: true } as const } };
    expect(jobToMake(aView({ deployment }), fetch(undefined), DIRECTORIES).allowNonRestoredState).toBe(true);
  });

  it('is not made without a place, nor from a Savepoint without a location', () => {
    const missing = aView({ place: { kind: 'missing', because: 'no target' } });
    expect(() => jobToMake(missing, fetch(undefined), DIRECTORIES)).toThrow('a Job was planned without a place');
    const from = fetch({ restoreFrom: savepointId(1), templateOf: 'spec' });
    const message = `the restore source ${savepointId(1)} has no location`;
    expect(() => jobToMake(aView({ savepoints: [anOpenSavepoint()] }), from, DIRECTORIES)).toThrow(message);
    expect(() => jobToMake(aView(), from, DIRECTORIES)).toThrow(message);
  });
});

describe('the Savepoint of a suspension', () => {
  const step = { kind: 'stopWithSavepoint', jobId: jobId(1), savepointId: savepointId(9), attempt: 1, of: 4, because: '' } as Extract<
    Step,
    { kind: 'stopWithSavepoint' }
  >;
  const made = (view: View) => suspensionToMake({ view, step, now: NOW }, step, 'file:///blobs/9');
  const NATIVE = { 'drey.dev/savepoint-format': 'NATIVE' };

  it('is STARTED now, in its own directory, with the version of the spec', () => {
    expect(made(aView({ jobs: [aJob()], deployment: aDeployment({ specVersion: 2 }) }))).toEqual({
      id: savepointId(9),
      deploymentId,
      namespace: 'default',
      jobId: jobId(1),
      origin: 'SUSPEND',
      state: 'STARTED',
      targetDirectory: 'file:///blobs/9',
      format: 'CANONICAL',
      capturedAt: NOW,
      specVersion: 2,
    });
  });

  it('is in the format that the annotation names, but for another Flink version CANONICAL', () => {
    const deployment = aDeployment({ annotations: NATIVE });
    expect(made(aView({ jobs: [aJob()], deployment })).format).toBe('NATIVE');
    const template = aTemplate();
    const newer = { spec: { ...template.spec, artifact: { ...template.spec.artifact, flinkVersion: '2.3' } } };
    expect(made(aView({ jobs: [aJob()], deployment: aDeployment({ annotations: NATIVE, spec: { template: newer } }) })).format).toBe('CANONICAL');
    expect(made(aView({ deployment })).format).toBe('CANONICAL');
  });
});

describe('the mark of a cancel', () => {
  const cancel = (reason: string) => ({ kind: 'cancelJob', jobId: jobId(1), reason, because: '' }) as Cancel;
  const mark = (step: Cancel, parts: Partial<View>) => markOfCancel({ view: aView({ jobs: [aJob()], ...parts }), step, now: NOW }, step);
  const failure = (reason: string) => ({ reason, message: reason, failedAt: NOW });
  const restore = { savepointId: savepointId(1), location: 'file:///blobs/1' };

  it('is the reason, and that it ends', () => {
    expect(mark(cancel('CANCELLED'), { look: aLook() })).toEqual({ cancelling: 'CANCELLED', state: 'TERMINATING' });
  });

  it('of a wrong restore names what was restored and what was meant', () => {
    const look = aLook({ checkpoints: { completed: 0, restored: { location: 'file:///blobs/2', isSavepoint: true } } });
    const base = { cancelling: 'WRONG_RESTORE', state: 'TERMINATING' };
    expect(mark(cancel('WRONG_RESTORE'), { jobs: [aJob({ restore })], look })).toEqual({
      ...base,
      failure: failure('Flink restored file:///blobs/2 where the Job names file:///blobs/1'),
    });
    expect(mark(cancel('WRONG_RESTORE'), { jobs: [aJob({ restore })], look: aLook() }).failure).toEqual(
      failure('Flink restored no state where the Job names file:///blobs/1'),
    );
    expect(mark(cancel('WRONG_RESTORE'), { look }).failure).toEqual(failure('Flink restored file:///blobs/2 where the Job names no state'));
    expect(mark(cancel('CANCELLED'), { jobs: [aJob({ restore })], look })).not.toHaveProperty('failure');
  });

  it('of a job that went back in time says since when it counts no more', () => {
    const newestCheckpoint = { id: 7, at: ago(minutes(5)) };
    const look = aLook({ startedAt: ago(minutes(1)), checkpoints: { completed: 0 } });
    expect(mark(cancel('WRONG_RESTORE'), { jobs: [aJob({ newestCheckpoint })], look })).toEqual({
      cancelling: 'WRONG_RESTORE',
      state: 'TERMINATING',
      failure: failure('Flink restored no state where checkpoint 7 is known'),
      voidSince: ago(minutes(1)),
    });
  });

  it('of a wrong restore keeps a failure that is known, and says nothing of a job that is out of sight or gone', () => {
    const known = { cancelling: 'WRONG_RESTORE', state: 'TERMINATING' };
    expect(mark(cancel('WRONG_RESTORE'), { jobs: [aJob({ failure: aFailure() })], look: aLook() })).toEqual(known);
    expect(mark(cancel('WRONG_RESTORE'), { look: GONE })).toEqual(known);
    expect(mark(cancel('WRONG_RESTORE'), { jobs: [], look: aLook() })).toEqual(known);
  });

  it.each([
    [
      'which tasks run and which slots are free',
      aLook({ tasks: { total: 4, running: 2, finished: 1 }, freeSlots: 0 }),
      ': 3 of 4 tasks run, 0 task slots are free',
    ],
    ['which tasks run', aLook({ tasks: { total: 4, running: 0, finished: 0 } }), ': 0 of 4 tasks run'],
    ['nothing that it did not see', GONE, ''],
  ])('of a late start names %s', (_, look, missing) => {
    const step = { ...cancel('NEVER_RAN'), late: true } as Cancel;
    expect(mark(step, { look }).failure).toEqual(failure(`the start took longer than the start limit of 600 s${missing}`));
  });
});

describe('the mark of a tear-down', () => {
  const step = { kind: 'tearDown', jobId: jobId(1), because: '' } as Step;
  const mark = (job: Job, parts: Partial<View> = {}, of: Step = step) => markOfTearDown({ view: aView({ jobs: [job], ...parts }), step: of, now: NOW }, job);
  const dropped = { state: 'TERMINATING', end: { how: 'NEVER_SUBMITTED' } };

  it('of a Job that was not submitted says so', () => {
    expect(mark(aNewJob())).toEqual(dropped);
  });

  it('keeps how a Job ended', () => {
    expect(mark(aJob({ end: { how: 'CANCELED' } }))).toEqual({ state: 'TERMINATING', end: { how: 'CANCELED' } });
  });

  it('is that of a cancel where the user wants CANCELLED by now, unless it was cancelled before', () => {
    const deployment = aDeployment({ state: 'CANCELLED' });
    expect(mark(aNewJob(), { deployment })).toEqual({ ...dropped, cancelling: 'CANCELLED' });
    expect(mark(aNewJob({ cancelling: 'NEVER_RAN' }), { deployment })).toEqual(dropped);
    expect(mark(aNewJob(), { deployment: aDeployment({ state: 'SUSPENDED' }) })).toEqual(dropped);
  });

  it('of a late start is a failure', () => {
    const reason = 'the start took longer than the start limit of 600 s';
    expect(mark(aNewJob(), {}, { ...step, late: true } as Step)).toEqual({ ...dropped, failure: { reason, message: reason, failedAt: NOW } });
  });
});
