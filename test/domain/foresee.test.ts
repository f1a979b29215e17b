// What is foreseen, by strategy: the steps, the source and its age, what blocks, what may surprise.
import { describe, expect, it } from 'vitest';
import type { RestoreKind, UpgradeKind } from '../../domain/deployment.ts';
import { foresee } from '../../domain/foresee.ts';
import { foreseenStart, noticesOf } from '../../domain/foreseen-start.ts';
import type { Job } from '../../domain/job.ts';
import { recordedLook } from '../../domain/recorded-look.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, aTemplate, type DeploymentOverrides } from '../fixtures/a-deployment.ts';
import { aFailedJob, aJob, aNewJob, aStartingJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, hours, minutes, NOW, seconds } from '../fixtures/a-moment.ts';
import { jobId, named, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, anOpenSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, RESTARTING, UNREACHABLE } from '../fixtures/a-view.ts';

const CHECKPOINT = { id: 17, location: 'file:///checkpoints/chk-17', at: ago(minutes(3)) };
const TWO_HOURS_OLD = aSavepoint({ origin: 'USER_REQUEST', capturedAt: ago(hours(2)) });

/** J1 runs and retains its checkpoints, the newest of them three minutes old; the spec wants another template. */
function anUpgrade(of: DeploymentOverrides = {}, job: Partial<Job> = {}, over: Partial<View> = {}): View {
  const { spec, ...rest } = of;
  const deployment = aDeployment({ phase: 'RUNNING', specVersion: 2, ...rest, spec: { template: aTemplate('--version 2'), ...spec } });
  return aView({ deployment, jobs: [aJob({ newestCheckpoint: CHECKPOINT, ...job })], look: aLook(), savepoints: [TWO_HOURS_OLD], ...over });
}

function story(view: View): string {
  const foresight = foresee(view, NOW);
  const start = foreseenStart(foresight);
  const from = start === undefined ? 'nothing' : `${start.savepoint.origin} of ${start.ageMs / 60_000} min`;
  const { steps, endsIn, blocks } = foresight;
  return [steps.map(({ step }) => step.kind).join(' '), `from ${from}`, endsIn, ...blocks.map(({ reason }) => reason)].join(' | ');
}

const reasonsOf = (view: View): readonly string[] => noticesOf(foresee(view, NOW)).map(({ reason }) => reason);
const safety = (view: View): readonly string[] => {
  const { before, after } = foresee(view, NOW).stateSafe;
  return [before, after].map(({ status, reason }) => `${status} ${reason}`);
};

describe('an upgrade of a running job', () => {
  const STOP = 'stopWithSavepoint tearDown fetchArtifact submitJob';
  const CANCEL = 'cancelJob collectCheckpoints tearDown fetchArtifact submitJob';
  const table: readonly (readonly [UpgradeKind, RestoreKind, string])[] = [
    ['STATEFUL', 'LATEST_STATE', `${STOP} | from SUSPEND of 0 min | RUNNING`],
    ['STATEFUL', 'LATEST_SAVEPOINT', `${STOP} | from SUSPEND of 0 min | RUNNING`],
    ['STATEFUL', 'NONE', `${STOP} | from nothing | RUNNING`],
    ['STATELESS', 'LATEST_STATE', `${CANCEL} | from RETAINED_CHECKPOINT of 3 min | RUNNING`],
    ['STATELESS', 'LATEST_SAVEPOINT', `${CANCEL} | from USER_REQUEST of 120 min | RUNNING`],
    ['STATELESS', 'NONE', `${CANCEL} | from nothing | RUNNING`],
    ['NONE', 'LATEST_STATE', ' | from nothing | RUNNING | UPGRADE_STRATEGY_NONE'],
    ['NONE', 'LATEST_SAVEPOINT', ' | from nothing | RUNNING | UPGRADE_STRATEGY_NONE'],
    ['NONE', 'NONE', ' | from nothing | RUNNING | UPGRADE_STRATEGY_NONE'],
  ];
  it.each(table)('%s with %s', (upgrade, restore, expected) => {
    expect(story(anUpgrade({ upgrade, restore }))).toBe(expected);
  });

  it('says for each step why, and names what is to come', () => {
    const { steps } = foresee(anUpgrade({ upgrade: 'STATELESS' }), NOW);
    expect(steps.map(({ step }) => named(step.because))).toEqual([
      'upgradeStrategy is STATELESS and the template changed',
      'the job ended (CANCELED)',
      'the job ended (CANCELED)',
      'start from checkpoint 17 that Job J1 left, 3 min old',
      'the job is ready to be submitted',
    ]);
  });

  it('numbers the step that makes what does not exist yet', () => {
    const foresight = foresee(anUpgrade(), NOW);
    expect(foresight.toCome.get(foreseenStart(foresight)?.savepoint.id ?? '')).toBe(1);
    expect([...foresight.toCome.values()]).toEqual([1, 3]);
  });

  it('that discards state says so before and after (A17)', () => {
    const view = anUpgrade({ upgrade: 'STATEFUL', restore: 'NONE' });
    expect(reasonsOf(view)).toEqual(['STATE_DISCARDED_BY_STRATEGY']);
    expect(safety(view)).toEqual(['False STATE_DISCARDED_BY_STRATEGY', 'False STATE_DISCARDED_BY_STRATEGY']);
  });

  it('that would lose state which must be kept is blocked (A2, A17)', () => {
    const annotations = { 'drey.dev/require-state': 'true' };
    expect(story(anUpgrade({ restore: 'NONE', annotations }))).toBe(' | from nothing | RUNNING | STATE_WOULD_BE_DISCARDED');
    const unretained = anUpgrade({ upgrade: 'STATELESS', annotations }, { flinkConfiguration: {} }, { savepoints: [] });
    expect(story(unretained)).toBe(' | from nothing | RUNNING | NO_RESTORE_SOURCE');
  });

  it('of a job without retention starts from the newest Savepoint, or says that it starts empty (A2, A21)', () => {
    const unretained = (over: Partial<View> = {}) => anUpgrade({ upgrade: 'STATELESS' }, { flinkConfiguration: {} }, over);
    expect(story(unretained())).toContain('from USER_REQUEST of 120 min | RUNNING');
    expect(safety(unretained())[0]).toBe('False NO_RETAINED_CHECKPOINTS');
    expect(story(unretained({ savepoints: [] }))).toContain('from nothing | RUNNING');
    expect(reasonsOf(unretained({ savepoints: [] }))).toEqual(['CHECKPOINTS_NOT_RETAINED']);
  });

  it('to another Flink version warns of a checkpoint, not of a savepoint (A4, A5)', () => {
    const spec = aTemplate('--version 2').spec;
    const template = { spec: { ...spec, artifact: { ...spec.artifact, flinkVersion: '2.0' } } };
    expect(reasonsOf(anUpgrade({ upgrade: 'STATELESS', spec: { template } }))).toEqual(['CHECKPOINT_OF_OTHER_VERSION']);
    expect(reasonsOf(anUpgrade({ upgrade: 'STATEFUL', spec: { template } }))).toEqual([]);
    const cancelled = { jobs: [aTerminatedJob()], look: { kind: 'nothing' as const }, savepoints: [aRetainedCheckpoint()] };
    expect(reasonsOf(anUpgrade({ phase: 'CANCELLED', spec: { template } }, {}, cancelled))).toEqual(['CHECKPOINT_OF_OTHER_VERSION']);
  });

  it('takes a savepoint although checkpointing is off, and without one has no state (C6)', () => {
    const job = { hadState: false };
    const conditions = [
      { type: 'StateSafe', status: 'False', reason: 'NO_RETAINED_CHECKPOINTS', message: '', lastTransitionTime: 0, lastUpdateTime: 0 },
    ] as const;
    const { newestCheckpoint: _, ...running } = aJob(job);
    const look = recordedLook({ job: running, seen: undefined, conditions });
    const off = (upgrade: UpgradeKind) => ({ ...anUpgrade({ upgrade }, {}, { look, savepoints: [] }), jobs: [running] });
    expect(story(off('STATEFUL'))).toBe(`${STOP} | from SUSPEND of 0 min | RUNNING`);
    expect(safety(off('STATEFUL'))[0]).toBe('False NO_RETAINED_CHECKPOINTS');
    expect(story(off('STATELESS'))).toBe(`${CANCEL} | from nothing | RUNNING`);
    expect(foresee(off('STATELESS'), NOW).steps[3]?.step.because).toBe('start without state: there is none yet');
  });

  it('says that a Savepoint registered while the job ran is not used (A16)', () => {
    const registered = aCopiedSavepoint({ id: savepointId(5), capturedAt: ago(minutes(1)) });
    const view = anUpgrade({}, {}, { savepoints: [registered, TWO_HOURS_OLD] });
    const foresight = foresee(view, NOW);
    expect(foreseenStart(foresight)?.savepoint.origin).toBe('SUSPEND');
    expect(noticesOf(foresight)).toEqual([{ reason: 'REGISTERED_SAVEPOINT_NOT_USED', message: expect.stringMatching(registered.id) }]);
  });

  it('waits for what is not there: the target, all tasks, an answer', () => {
    const missing = { place: { kind: 'missing', because: 'the deployment target "x" does not exist' } as const };
    expect(story(anUpgrade({}, {}, missing))).toBe(' | from nothing | TRANSITIONING | TARGET_NOT_READY');
    expect(foresee(anUpgrade({}, {}, missing), NOW).blocks[0]?.message).toBe('the deployment target "x" does not exist');
    expect(story(anUpgrade({}, {}, { look: RESTARTING }))).toBe(' | from nothing | TRANSITIONING | AWAITING_HEALTHY_JOB');
    expect(story(anUpgrade({}, {}, { look: UNREACHABLE }))).toBe(' | from nothing | TRANSITIONING | AWAITING_HEALTHY_JOB');
  });

  it('takes a savepoint that a user asked for first', () => {
    const asked = anOpenSavepoint({ id: savepointId(3), origin: 'USER_REQUEST', triggered: false });
    expect(story(anUpgrade({}, {}, { savepoints: [asked] }))).toBe(`takeSavepoint ${STOP} | from SUSPEND of 0 min | RUNNING`);
  });
});

describe('a Deployment without a job', () => {
  it('starts from what was registered', () => {
    const view = aView({ deployment: aDeployment({ phase: 'CANCELLED' }), jobs: [aTerminatedJob({ hadState: false })], savepoints: [aCopiedSavepoint()] });
    expect(story(view)).toBe('fetchArtifact submitJob | from COPIED of 30 min | RUNNING');
    expect(reasonsOf(view)).toEqual([]);
  });

  it('gives up where state is lost, and names the reason', () => {
    const view = aView({ deployment: aDeployment({ phase: 'CANCELLED' }), jobs: [aTerminatedJob()] });
    expect(story(view)).toBe(' | from nothing | FAILED | MANUAL_RESTORE_REQUIRED');
    expect(safety(view)[0]).toBe('False MANUAL_RESTORE_REQUIRED');
  });

  it('gives up when the attempts are spent', () => {
    const deployment = aDeployment({ spec: { maxJobCreationAttempts: 1 } });
    expect(story(aView({ deployment, jobs: [aFailedJob()] }))).toBe(' | from nothing | FAILED | TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS');
  });

  it('pauses before a retry, which starts from the same source', () => {
    const source = aSavepoint({ jobId: jobId(7) });
    const restore = { savepointId: source.id, location: source.location ?? '' };
    const failed = aFailedJob({ restore, terminatedAt: NOW, createdAt: ago(seconds(9)) });
    const view = aView({ jobs: [failed], savepoints: [source] });
    expect(story(view)).toMatch(/^pause fetchArtifact submitJob \| from SUSPEND of 30\.\d+ min \| RUNNING$/);
  });

  it('rests where that is desired', () => {
    expect(story(aView({ deployment: aDeployment({ state: 'CANCELLED', phase: 'CANCELLED' }) }))).toBe(' | from nothing | CANCELLED');
  });
});

describe('a start under way', () => {
  it('goes on from what was chosen when its Job was made', () => {
    const restore = { savepointId: TWO_HOURS_OLD.id, location: TWO_HOURS_OLD.location ?? '' };
    const made = aView({ jobs: [aNewJob({ restore })], savepoints: [TWO_HOURS_OLD] });
    expect(story(made)).toBe('fetchArtifact submitJob | from USER_REQUEST of 120 min | RUNNING');
    const submitted = aView({ jobs: [aStartingJob({ restore })], savepoints: [TWO_HOURS_OLD], look: { kind: 'starting' } });
    expect(story(submitted)).toBe('awaitRunning | from USER_REQUEST of 120 min | RUNNING');
    expect(foreseenStart(foresee(submitted, NOW))?.why).toBe('it was chosen when the Job was made');
  });
});

describe('the end of a running job', () => {
  it('is a savepoint for SUSPENDED, and its checkpoints for CANCELLED', () => {
    const wants = (state: 'SUSPENDED' | 'CANCELLED') => anUpgrade({ state });
    expect(story(wants('SUSPENDED'))).toBe('stopWithSavepoint tearDown | from nothing | SUSPENDED');
    expect(story(wants('CANCELLED'))).toBe('cancelJob collectCheckpoints tearDown | from nothing | CANCELLED');
    expect(safety(wants('CANCELLED'))).toEqual(['True CHECKPOINTS_RETAINED', 'True RESTORE_SOURCE_KNOWN']);
  });
});

describe('the recorded look', () => {
  const seen = (status: string, tasks = '', seenAt = NOW) => ({ jobId: jobId(1), status, tasks, seenAt });
  const look = (sighting: ReturnType<typeof seen> | undefined, job = aJob()) => recordedLook({ job, seen: sighting, conditions: [] });

  it('is what was seen last, by whoever saw it', () => {
    expect(look(undefined)).toMatchObject({ kind: 'job', status: 'RUNNING', tasks: { total: 1, running: 1 } });
    expect(look(seen('RUNNING', '3/4'))).toMatchObject({ kind: 'job', tasks: { total: 4, running: 3 } });
    expect(look(seen('UNKNOWN')).kind).toBe('unreachable');
    expect(look(seen('ABSENT')).kind).toBe('unknownJob');
    expect(look(seen('GONE')).kind).toBe('gone');
    const observed = { status: 'RESTARTING', restarts: 2, at: NOW };
    expect(look(seen('UNKNOWN', '', ago(seconds(1))), aJob({ observed }))).toMatchObject({
      kind: 'job',
      status: 'RESTARTING',
      tasks: { running: 0 },
      restarts: 2,
    });
  });

  it('holds the newest checkpoint that anybody saw, and what was restored as it was meant', () => {
    const restore = { savepointId: TWO_HOURS_OLD.id, location: TWO_HOURS_OLD.location ?? '' };
    const job = aJob({ hadState: false, restore });
    const look = recordedLook({ job, seen: { ...seen('RUNNING', '4/4'), checkpoint: CHECKPOINT }, conditions: [] });
    const view = anUpgrade({ upgrade: 'STATELESS', annotations: { 'drey.dev/require-state': 'true' } }, {}, { jobs: [job], look });
    expect(story(view)).toBe('cancelJob collectCheckpoints tearDown fetchArtifact submitJob | from RETAINED_CHECKPOINT of 3 min | RUNNING');
  });

  it('is of a job that started or may have, and of no other', () => {
    expect(look(undefined, aNewJob()).kind).toBe('nothing');
    expect(look(undefined, aTerminatedJob()).kind).toBe('nothing');
    expect(look(undefined, aStartingJob()).kind).toBe('starting');
    expect(recordedLook({ job: undefined, seen: undefined, conditions: [] }).kind).toBe('nothing');
  });
});
