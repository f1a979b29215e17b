// JobFailing, JobUnstable, CheckpointsStalled: told while a job is live, never a reason to end it (vvp.md §1.2; scenarios D5, D6).
import { describe, expect, it } from 'vitest';
import type { Condition, ConditionType, DeploymentStatus } from '../../domain/deployment.ts';
import type { Job } from '../../domain/job.ts';
import { plan } from '../../domain/plan.ts';
import { statusAfter } from '../../domain/status.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, type DeploymentOverrides } from '../fixtures/a-deployment.ts';
import { aJob } from '../fixtures/a-job.ts';
import { ago, hours, minutes, NOW } from '../fixtures/a-moment.ts';
import { aLook, aView, learned, RESTARTING, UNREACHABLE } from '../fixtures/a-view.ts';

/** The status after a decision as the activity makes it: look, learn, plan, status. */
function statusOf(parts: Partial<View>, now = NOW): DeploymentStatus {
  const view = learned(aView(parts), now);
  return statusAfter(view, plan(view, now), now);
}
const conditions = (parts: Partial<View>) => statusOf(parts).conditions;
const find = (type: ConditionType, parts: Partial<View>) => conditions(parts).find((c) => c.type === type);
const running = (over: DeploymentOverrides = {}) => aDeployment({ phase: 'RUNNING', ...over });
const restartedAt = (...moments: readonly number[]) =>
  aJob({ observed: { status: 'RUNNING', restarts: moments.length, counter: moments.length, at: moments[0] ?? ago(minutes(1)), restartedAt: moments } });

describe('JobFailing and JobUnstable (D5)', () => {
  const statuses = (...moments: readonly number[]) => {
    const told = conditions({ deployment: running(), jobs: [restartedAt(...moments)], look: aLook({ restarts: moments.length }) });
    return ['JobFailing', 'JobUnstable'].map((type) => told.find((c) => c.type === type)?.status);
  };

  it.each<[string, readonly number[], readonly string[]]>([
    ['3 restarts in 10 min are both', [ago(0), ago(minutes(5)), ago(minutes(10) - 1)], ['True', 'True']],
    ['3 in 60 min are JobUnstable', [ago(0), ago(minutes(5)), ago(minutes(10))], ['False', 'True']],
    ['3 in more are neither', [ago(0), ago(minutes(5)), ago(minutes(60))], ['False', 'False']],
    ['2 are neither', [ago(0), ago(1)], ['False', 'False']],
    ['none is neither', [], ['False', 'False']],
  ])('%s', (_, moments, expected) => {
    expect(statuses(...moments)).toEqual(expected);
  });

  it('are looked at again when a window will have passed, and False then', () => {
    const deployment = running();
    const job = restartedAt(ago(minutes(1)), ago(minutes(2)), ago(minutes(4)));
    const look = aLook({ restarts: 3 });
    expect(plan(aView({ deployment, jobs: [job], look }), NOW)).toMatchObject({ kind: 'rest', phase: 'RUNNING', wakeInMs: minutes(6) });
    const later = statusOf({ deployment, jobs: [job], look }, NOW + minutes(6));
    expect(later.conditions).toContainEqual(expect.objectContaining({ type: 'JobFailing', status: 'False' }));
    expect(plan(aView({ deployment, jobs: [job], look }), NOW + minutes(6))).toMatchObject({ wakeInMs: minutes(50) });
    expect(plan(aView({ deployment, jobs: [job], look }), NOW + minutes(56))).not.toHaveProperty('wakeInMs');
  });

  it('cost no attempt and end nothing: the Deployment stays RUNNING', () => {
    const status = statusOf({ deployment: running(), jobs: [restartedAt(ago(0), ago(1), ago(2))], look: RESTARTING });
    expect(status.state).toBe('RUNNING');
  });

  it('say how many restarts within how long', () => {
    expect(find('JobFailing', { deployment: running(), jobs: [restartedAt(ago(0), ago(1), ago(2))], look: aLook() })?.message).toMatch(/3 restarts.*10 min/);
    expect(find('JobUnstable', { deployment: running(), jobs: [restartedAt(ago(0), ago(1), ago(2))], look: aLook() })?.message).toMatch(/3 restarts.*60 min/);
  });
});

describe('CheckpointsStalled (D6)', () => {
  const patienceMs = minutes(5);
  const at = (ms: number) => ({ id: 7, at: ago(ms) });
  const stalled = (job: Partial<Job>, checkpoints: object | undefined = { completed: 7, patienceMs }) =>
    find('CheckpointsStalled', {
      deployment: running(),
      jobs: [aJob(job)],
      look: aLook(checkpoints === undefined ? {} : { checkpoints: { completed: 7, ...checkpoints } }),
    });

  it.each<[string, object, string]>([
    ['True when none completed for longer than that', { newestCheckpoint: at(patienceMs + 1) }, 'True'],
    ['False up to then', { newestCheckpoint: at(patienceMs) }, 'False'],
    ['True when the first one does not come', { startedAt: ago(patienceMs + 1) }, 'True'],
    ['False while the first one may still come', { startedAt: ago(patienceMs - 1) }, 'False'],
    [
      'False for as long after a restart',
      { newestCheckpoint: at(hours(1)), observed: { status: 'RUNNING', restarts: 1, at: NOW, restartedAt: [ago(minutes(1))] } },
      'False',
    ],
  ])('is %s', (_, job, status) => {
    expect(stalled(job)).toMatchObject({ status });
  });

  it('is never True while checkpointing is off, or Flink does not say how long one may take', () => {
    expect(stalled({ newestCheckpoint: at(hours(9)) }, { off: true })).toMatchObject({ status: 'False' });
    expect(stalled({ newestCheckpoint: at(hours(9)) }, {})).toMatchObject({ status: 'False' });
  });

  it('is kept as it was while Flink does not tell', () => {
    const was: Condition = { type: 'CheckpointsStalled', status: 'True', reason: 'NO_CHECKPOINT', message: 'x', lastTransitionTime: 1, lastUpdateTime: 1 };
    for (const look of [UNREACHABLE, aLook()]) {
      expect(find('CheckpointsStalled', { deployment: running({ status: { conditions: [was] } }), jobs: [aJob()], look })).toEqual(was);
      expect(find('CheckpointsStalled', { deployment: running(), jobs: [aJob()], look })).toBeUndefined();
    }
  });

  it('is looked at again soon while it is True, and no more once they complete', () => {
    const look = aLook({ checkpoints: { completed: 7, patienceMs } });
    const planned = (ms: number) => plan(aView({ deployment: running(), jobs: [aJob({ newestCheckpoint: at(ms), hadState: true })], look }), NOW);
    expect(planned(patienceMs + 1)).toMatchObject({ wakeInMs: 10_000 });
    expect(planned(patienceMs)).not.toHaveProperty('wakeInMs');
  });

  it('ends nothing', () => {
    const look = aLook({ checkpoints: { completed: 7, patienceMs } });
    expect(plan(aView({ deployment: running(), jobs: [aJob({ newestCheckpoint: at(hours(5)) })], look }), NOW)).toMatchObject({
      kind: 'rest',
      phase: 'RUNNING',
    });
  });
});
