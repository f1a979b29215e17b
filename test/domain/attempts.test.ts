// What counts as an attempt, until when, and what clears the count (D8; seed page "Deployments").
import { describe, expect, it } from 'vitest';
import { jobAttempts, pauseLeft, savepointAttempts } from '../../domain/attempts.ts';
import type { Job } from '../../domain/job.ts';
import type { Savepoint } from '../../domain/savepoint.ts';
import { DEFAULT_POLICY } from '../../domain/view.ts';
import { aDeployment } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aFinishedJob, aJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, days, hours, minutes, NOW, seconds } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aFailedSavepoint, anOpenSavepoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aView } from '../fixtures/a-view.ts';

const countJobs = (jobs: readonly Job[], deployment = aDeployment()): number => jobAttempts(aView({ deployment, jobs }), NOW).failed;
const countSavepoints = (savepoints: readonly Savepoint[], deployment = aDeployment()): number => savepointAttempts(aView({ deployment, savepoints })).failed;
const failedAgo = (ms: number, n = 1): Job => aFailedJob({ id: jobId(n), createdAt: ago(ms + 1), terminatedAt: ago(ms) });

describe('attempts to start', () => {
  it.each<[string, readonly Job[], number]>([
    ['none when nothing ran', [], 0],
    ['each Job in FAILED', [failedAgo(1, 3), failedAgo(2, 2), failedAgo(3, 1)], 3],
    ['no job that was cancelled', [aTerminatedJob({ stable: false })], 0],
    ['no job that finished', [aFinishedJob({ stable: false })], 0],
    ['no live job', [aJob({ stable: false })], 0],
    ['a job that failed after it had started', [aFailedJob({ startedAt: ago(minutes(11)) })], 1],
    ['failures on both sides of a cancelled job', [failedAgo(1, 3), aTerminatedJob({ id: jobId(2), stable: false }), failedAgo(3, 1)], 2],
  ])('counts %s', (_, jobs, count) => {
    expect(countJobs(jobs)).toBe(count);
  });

  it('start from zero after a stable job', () => {
    expect(countJobs([aJob({ id: jobId(4) }), failedAgo(1, 3), failedAgo(2, 2)])).toBe(0);
    expect(countJobs([aTerminatedJob({ id: jobId(4) }), failedAgo(1, 3)])).toBe(0);
  });

  it('are not cleared by a job that only started: it would never stop (D8)', () => {
    expect(countJobs([aJob({ id: jobId(3), stable: false }), failedAgo(1, 2), failedAgo(2, 1)])).toBe(2);
  });

  it('count the failure of a stable job as the first of a new series', () => {
    expect(countJobs([aFailedJob({ id: jobId(3), stable: true }), failedAgo(1, 2), failedAgo(2, 1)])).toBe(1);
  });

  it('start from zero with a new specVersion', () => {
    const deployment = aDeployment({ specVersion: 2 });
    expect(countJobs([failedAgo(1), failedAgo(2)], deployment)).toBe(0);
    expect(countJobs([aFailedJob({ id: jobId(2), specVersion: 2 }), failedAgo(1)], deployment)).toBe(1);
  });

  it('know when the last one failed', () => {
    expect(jobAttempts(aView({ jobs: [failedAgo(seconds(5), 2), failedAgo(hours(5), 1)] }), NOW).last?.at).toBe(ago(seconds(5)));
    expect(jobAttempts(aView(), NOW)).toEqual({ failed: 0 });
  });
});

describe('jobFailureExpirationTime', () => {
  const count = (jobFailureExpirationTime: string, ageMs: number): number => countJobs([failedAgo(ageMs)], aDeployment({ spec: { jobFailureExpirationTime } }));

  it.each([
    ['2 d', days(2)],
    ['2 day', days(2)],
    ['3h', hours(3)],
    ['3 hour', hours(3)],
    ['30 min', minutes(30)],
    ['30minute', minutes(30)],
    ['321 s', seconds(321)],
    ['321sec', seconds(321)],
    ['321 second', seconds(321)],
    ['123ms', 123],
    ['123 milli', 123],
    ['123 millisecond', 123],
    ['5000 µs', 5],
    ['5000 μs', 5],
    ['5000micro', 5],
    ['5000 microsecond', 5],
    ['7000000 ns', 7],
    ['7000000nano', 7],
    ['7000000 nanosecond', 7],
  ])('%s disregards what is older, and nothing else', (text, ms) => {
    expect(count(text, ms - 1)).toBe(1);
    expect(count(text, ms + 1)).toBe(0);
  });

  it.each(['0', '0 s', '0d'])('%s lets failures count for ever', (text) => {
    expect(count(text, days(4000))).toBe(1);
  });

  it('unset lets failures count for ever', () => {
    expect(countJobs([failedAgo(days(4000))])).toBe(1);
  });

  it('takes the moment the Job failed, not the one it was made', () => {
    const deployment = aDeployment({ spec: { jobFailureExpirationTime: '1 h' } });
    expect(countJobs([aFailedJob({ createdAt: ago(hours(9)), terminatedAt: ago(minutes(1)) })], deployment)).toBe(1);
  });

  it('leaves attempts to suspend alone', () => {
    expect(
      countSavepoints([aFailedSavepoint({ failure: aFailure('the disk is full', ago(days(9))) })], aDeployment({ spec: { jobFailureExpirationTime: '1 s' } })),
    ).toBe(1);
  });
});

describe('attempts to suspend', () => {
  const failed = (n: number) => aFailedSavepoint({ id: savepointId(n) });

  it.each<[string, readonly Savepoint[], number]>([
    ['none when none was tried', [], 0],
    ['each that failed', [failed(3), failed(2), failed(1)], 3],
    ['none of a user', [aFailedSavepoint({ origin: 'USER_REQUEST' })], 0],
    ['not the one under way', [anOpenSavepoint({ id: savepointId(2) }), failed(1)], 1],
    ['failures on both sides of a failed request of a user', [failed(3), aFailedSavepoint({ id: savepointId(2), origin: 'USER_REQUEST' }), failed(1)], 2],
  ])('counts %s', (_, savepoints, count) => {
    expect(countSavepoints(savepoints)).toBe(count);
  });

  it('start from zero after a completed one', () => {
    expect(countSavepoints([aSavepoint({ id: savepointId(3) }), failed(2), failed(1)])).toBe(0);
    expect(countSavepoints([failed(4), aSavepoint({ id: savepointId(3) }), failed(2)])).toBe(1);
  });

  it('start from zero with a new specVersion', () => {
    expect(countSavepoints([failed(2), failed(1)], aDeployment({ specVersion: 2 }))).toBe(0);
  });
});

describe('the pause after a failure', () => {
  const policy = { ...DEFAULT_POLICY, firstPauseMs: 100, longestPauseMs: 1000 };

  it('is what the configuration says: a first length, doubling, and a longest', () => {
    const left = [1, 2, 3, 4, 5, 6, 40].map((failed) => pauseLeft({ failed, last: { id: '0000', at: NOW } }, policy, NOW));
    expect(left).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
  });

  it('runs from the last failure and is over then', () => {
    expect(pauseLeft({ failed: 1, last: { id: '0000', at: NOW - 30 } }, policy, NOW)).toBe(70);
    expect(pauseLeft({ failed: 1, last: { id: '0000', at: NOW - 100 } }, policy, NOW)).toBe(0);
    expect(pauseLeft({ failed: 0 }, policy, NOW)).toBe(0);
  });

  it('is a whole number of milliseconds, never too short, with a database clock of microseconds', () => {
    expect(pauseLeft({ failed: 1, last: { id: '0000', at: NOW - 30.25 } }, policy, NOW)).toBe(70);
  });

  // scenarios.md "Attempts": 1 s, doubling to at most 60 s, jittered. D21.
  it('is jittered by at most a fifth, never longer than its length, and the same when decided again', () => {
    const full = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    const ids = Array.from({ length: 64 }, (_, i) => jobId(i * 997));
    const length = (failed: number, id: string) => pauseLeft({ failed, last: { id, at: NOW } }, DEFAULT_POLICY, NOW);
    for (const [i, longest] of full.entries()) {
      const lengths = ids.map((id) => length(i + 1, id));
      expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
      expect(Math.min(...lengths)).toBeGreaterThanOrEqual(longest * 0.8);
      expect(ids.map((id) => length(i + 1, id))).toEqual(lengths);
      expect(new Set(lengths).size).toBeGreaterThan(20);
    }
  });

  it('is shortest for the last and longest for the first of all ids', () => {
    const length = (id: string) => pauseLeft({ failed: 1, last: { id, at: NOW } }, DEFAULT_POLICY, NOW);
    expect([length('aaaa-0000'), length('aaaa-ffff')]).toEqual([1000, 800]);
  });
});
