// How the source of a start is told: what it is, how old, and what may surprise (scenarios A2, A4, A5, A17, A22).
import { describe, expect, it } from 'vitest';
import type { Savepoint } from '../../domain/savepoint.ts';
import { describeSource, describeStart, isOfOtherVersion } from '../../domain/source.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailedJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, days, hours, minutes, NOW, seconds } from '../fixtures/a-moment.ts';
import { jobId, named, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { planned } from '../fixtures/a-view.ts';

const told = (savepoint: Savepoint) => named(describeSource(savepoint, NOW));
const { jobId: _, checkpointId: __, ...bare } = aRetainedCheckpoint();

describe('a source is named', () => {
  it.each([
    ['a retained checkpoint', aRetainedCheckpoint(), 'checkpoint 7 that Job J1 left, 30 min old'],
    ['one of which little is known', bare, 'checkpoint ? that Job ? left, 30 min old'],
    ['a suspension', aSavepoint(), 'Savepoint S1 with which Job J1 was stopped, 30 min old'],
    ['a registered one', aCopiedSavepoint(), 'registered Savepoint S1, 30 min old'],
    ['one of a user', aSavepoint({ origin: 'USER_REQUEST' }), 'Savepoint S1 that a user asked for, 30 min old'],
  ])('%s', (___, savepoint, name) => {
    expect(told(savepoint)).toBe(name);
  });

  it.each([
    [0, '0 s'],
    [seconds(59), '59 s'],
    [seconds(60), '1 min'],
    [minutes(59) + seconds(59), '59 min'],
    [hours(1), '1 h'],
    [hours(2) + minutes(59), '2 h'],
    [days(1), '1 d'],
    [days(30), '30 d'],
    [-seconds(5), '0 s'],
  ])('with its age, so that people see how much is processed again (A22): %i ms is %s', (age, words) => {
    expect(told(aSavepoint({ capturedAt: ago(age) }))).toMatch(new RegExp(`, ${words} old$`));
  });

  it.each([
    ['FIRST_START', /none yet/],
    ['STATE_DISCARDED_BY_STRATEGY', /^start without state: STATE_DISCARDED_BY_STRATEGY: .*NONE/],
    ['CHECKPOINTS_NOT_RETAINED', /^start without state: CHECKPOINTS_NOT_RETAINED: .*retention/],
  ] as const)('or else why there is none: %s (A2, A17)', (why, words) => {
    expect(describeStart({ kind: 'empty', why }, NOW)).toMatch(words);
  });
});

describe('CHECKPOINT_OF_OTHER_VERSION', () => {
  const { spec, ...rest } = aTemplate('--version 2');
  const later = { ...rest, spec: { ...spec, artifact: { ...spec.artifact, flinkVersion: '2.0' } } };
  const deployment = aDeployment({ specVersion: 2, spec: { template: later } });
  const jobs = [aTerminatedJob()];

  it.each([
    ['after a STATELESS upgrade to another Flink version (A4)', aDeployment({ upgrade: 'STATELESS', specVersion: 2, spec: { template: later } })],
    ['after a cancel and a new version (A5)', deployment],
  ])('warns in the event of the start %s, which is done all the same', (___, wanted) => {
    expect(planned({ deployment: wanted, jobs, savepoints: [aRetainedCheckpoint()] })).toMatchObject({
      kind: 'fetchArtifact',
      create: { restoreFrom: savepointId(1) },
      because: expect.stringContaining('CHECKPOINT_OF_OTHER_VERSION'),
    });
  });

  it('warns with each attempt, and no more once the old version is back (A5)', () => {
    const failed = aFailedJob({
      id: jobId(2),
      specVersion: 2,
      template: later,
      restore: { savepointId: savepointId(1), location: aRetainedCheckpoint().location ?? '' },
    });
    expect(planned({ deployment, jobs: [failed, ...jobs], savepoints: [aRetainedCheckpoint()] })).toMatchObject({
      attempt: 2,
      create: { restoreFrom: savepointId(1) },
      because: expect.stringContaining('CHECKPOINT_OF_OTHER_VERSION'),
    });
    const back = aDeployment({ specVersion: 3 });
    expect(planned({ deployment: back, jobs: [failed, ...jobs], savepoints: [aRetainedCheckpoint()] }).because).not.toContain('OTHER_VERSION');
  });

  it.each([
    ['a savepoint: it is canonical', aSavepoint(), later],
    ['a checkpoint of the same version', aRetainedCheckpoint(), aTemplate('--version 2')],
    ['one whose writer is forgotten', aRetainedCheckpoint({ jobId: jobId(7) }), later],
    ['a registered one', aCopiedSavepoint({ jobId: jobId(1) }), later],
  ])('does not warn of %s', (___, savepoint, template) => {
    expect(isOfOtherVersion({ jobs }, savepoint, template)).toBe(false);
  });

  it('goes by the template that is run, which under upgradeStrategy NONE is the old one (D22)', () => {
    const { cancelling: ____, ...ended } = aTerminatedJob({ state: 'FAILED' });
    const none = aDeployment({ upgrade: 'NONE', specVersion: 2, spec: { template: later } });
    const step = planned({ deployment: none, jobs: [ended], savepoints: [aRetainedCheckpoint()] });
    expect(step).toMatchObject({ create: { templateOf: jobId(1) } });
    expect(step.because).not.toContain('OTHER_VERSION');
  });
});
