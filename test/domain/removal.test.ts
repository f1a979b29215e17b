// When a Deployment or a session cluster may go (D11).
import { describe, expect, it } from 'vitest';
import { isAtRest, whyKept } from '../../domain/removal.ts';
import type { SessionCluster } from '../../domain/session-cluster.ts';
import { aDeployment } from '../fixtures/a-deployment.ts';
import { aFailedJob, aJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { jobId } from '../fixtures/an-id.ts';

describe('a Deployment', () => {
  it('stays while it is to run, whatever became of it', () => {
    for (const phase of ['RUNNING', 'FAILED', 'FINISHED', 'TRANSITIONING'] as const)
      expect(whyKept(aDeployment({ phase }), [])).toBe('set spec.state to CANCELLED or SUSPENDED first');
  });

  it.each(['CANCELLED', 'SUSPENDED'] as const)('that is to be %s stays while a Job of it has not ended', (state) => {
    expect(whyKept(aDeployment({ state, phase: state }), [aFailedJob({ id: jobId(3) }), aJob()])).toBe(
      `its Job ${jobId(1)} is STARTED; wait until it has ended`,
    );
  });

  it.each(['RUNNING', 'TRANSITIONING'] as const)('stays while it still is %s', (phase) => {
    expect(whyKept(aDeployment({ state: 'CANCELLED', phase }), [aTerminatedJob()])).toBe(`it is ${phase}; wait until it is CANCELLED`);
  });

  it.each(['CANCELLED', 'SUSPENDED', 'FAILED', 'FINISHED'] as const)('goes once it rests, %s, and its Jobs have ended', (phase) => {
    expect(whyKept(aDeployment({ state: 'CANCELLED', phase }), [aTerminatedJob(), aFailedJob({ id: jobId(2) })])).toBeUndefined();
  });
});

describe('a session cluster', () => {
  const cluster = (wanted: string, is: string) => ({ spec: { state: wanted }, status: { state: is } }) as SessionCluster;

  it.each([
    ['STOPPED', 'STOPPED', true],
    ['STOPPED', 'FAILED', true],
    ['STOPPED', 'STOPPING', false],
    ['STOPPED', 'RUNNING', false],
    ['RUNNING', 'STOPPED', false],
    ['RUNNING', 'FAILED', false],
  ])('that is to be %s and is %s is at rest: %s', (wanted, is, rests) => {
    expect(isAtRest(cluster(wanted, is))).toBe(rests);
  });
});
