// Laws of the decision, over random views (design.md §4, style.md rule 20).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobAttempts } from '../../domain/attempts.ts';
import { isTerminal } from '../../domain/job.ts';
import { learn, liveJob } from '../../domain/learn.ts';
import { narrate } from '../../domain/narrate.ts';
import { plan } from '../../domain/plan.ts';
import { newestFor } from '../../domain/restore.ts';
import { statusAfter } from '../../domain/status.ts';
import { forHistory, type Step } from '../../domain/step.ts';
import { DEFAULT_POLICY, type View } from '../../domain/view.ts';
import { aDeployment, JAR_URI } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure } from '../fixtures/a-job.ts';
import { NOW } from '../fixtures/a-moment.ts';
import { jobId } from '../fixtures/an-id.ts';
import { aRetainedCheckpoint } from '../fixtures/a-savepoint.ts';
import { learned, planned } from '../fixtures/a-view.ts';
import { anyView } from '../fixtures/any-view.ts';

type Kind = Step['kind'];
const RUNS = { numRuns: 1000 };

/** The decision as the activity makes it: the look teaches first. */
function law(sentence: string, holds: (view: View, step: Step) => void): void {
  it(sentence, () => {
    fc.assert(
      fc.property(
        anyView.map((view) => learned(view)),
        (view) => holds(view, plan(view, NOW)),
      ),
      RUNS,
    );
  });
}

/** What a user sees: a deletion goes on behind a rest. */
const seen = (step: Step): Step => (step.kind === 'deleteSavepoint' ? step.rest : step);

/** Steps that change something at Flink or in storage. */
const DEEDS: readonly Kind[] = [
  'fetchArtifact',
  'submitJob',
  'burnJobId',
  'ensureCluster',
  'stopWithSavepoint',
  'takeSavepoint',
  'cancelJob',
  'collectCheckpoints',
  'tearDown',
];

describe('the plan', () => {
  law('is total, and the same for the same view', (view, step) => {
    expect(plan(structuredClone(view), NOW)).toEqual(step);
    expect(step.because).not.toBe('');
  });

  it('is total also for views as the look found them', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        expect(plan(view, NOW).because).not.toBe('');
      }),
      RUNS,
    );
  });

  law('never makes a Job while one is live', (view, step) => {
    if (step.kind === 'fetchArtifact' && step.create !== undefined) expect(view.jobs.every(isTerminal)).toBe(true);
  });

  law('works on the live Job, or on the one it makes, and never on a terminal one', (view, step) => {
    if (!('jobId' in step)) return;
    const makes = step.kind === 'fetchArtifact' && step.create !== undefined;
    expect(step.jobId).toBe(makes ? view.fresh.jobId : liveJob(view)?.id);
  });

  law('makes no Job after the attempts are spent', (view, step) => {
    const spent = jobAttempts(view, NOW).failed >= view.deployment.spec.maxJobCreationAttempts;
    if (spent || view.deployment.failedSpecVersion === view.deployment.specVersion) expect(step).not.toHaveProperty('create');
  });

  law('makes a Job only when RUNNING is desired and its place is ready', (view, step) => {
    if ('create' in step) expect([view.deployment.spec.state, view.place.kind]).toEqual(['RUNNING', 'ready']);
  });

  law('restores only what is COMPLETED and has a location', (view, step) => {
    if (!('create' in step) || step.create?.restoreFrom === null) return;
    const source = view.savepoints.find((s) => s.id === step.create?.restoreFrom);
    expect(source).toMatchObject({ state: 'COMPLETED', location: expect.any(String) });
  });

  law('gives up with FAILED, and rests FAILED from then on with the same words', (view, step) => {
    if (step.kind !== 'giveUp') return;
    const { specVersion } = view.deployment;
    const deployment = { ...view.deployment, failedSpecVersion: specVersion, status: statusAfter(view, step, NOW) };
    expect(seen(plan({ ...view, deployment }, NOW))).toMatchObject({ kind: 'rest', phase: 'FAILED', because: step.because });
  });

  law('pauses for a time, and never longer than the longest pause', (_, step) => {
    if (step.kind === 'pause') expect(step.forMs > 0 && step.forMs <= DEFAULT_POLICY.longestPauseMs).toBe(true);
  });
});

describe('ending a job', () => {
  law('without a savepoint has the reason that the spec allows, or the one that was claimed', (view, step) => {
    if (step.kind !== 'cancelJob') return;
    const { state, upgradeStrategy } = view.deployment.spec;
    const allowed = {
      CANCELLED: state === 'CANCELLED',
      STATELESS: state === 'RUNNING' && upgradeStrategy.kind === 'STATELESS',
      NEVER_RAN: liveJob(view)?.state === 'STARTING',
      WRONG_RESTORE: true,
    };
    expect(liveJob(view)?.cancelling === step.reason || allowed[step.reason]).toBe(true);
  });

  law('is never STATELESS or CANCELLED under SUSPENDED or STATEFUL', (view, step) => {
    const { state, upgradeStrategy } = view.deployment.spec;
    const keepsState = state === 'SUSPENDED' || (state === 'RUNNING' && upgradeStrategy.kind === 'STATEFUL');
    if (keepsState && step.kind === 'cancelJob' && liveJob(view)?.cancelling === undefined) expect(['NEVER_RAN', 'WRONG_RESTORE']).toContain(step.reason);
  });

  law('never happens under RUNNING with upgradeStrategy NONE, but for a wrong restore or a start that takes too long', (view, step) => {
    const { state, upgradeStrategy } = view.deployment.spec;
    if (state !== 'RUNNING' || upgradeStrategy.kind !== 'NONE' || liveJob(view)?.cancelling !== undefined) return;
    expect(step.kind).not.toBe('stopWithSavepoint');
    if (step.kind === 'cancelJob') expect(['NEVER_RAN', 'WRONG_RESTORE']).toContain(step.reason);
  });

  law('by a stop is asked for only while all tasks run, or under the id it was asked for before', (view, step) => {
    if (step.kind !== 'stopWithSavepoint' || view.savepoints.some((s) => s.id === step.savepointId)) return;
    expect(view.look).toMatchObject({ kind: 'job', status: 'RUNNING', tasks: { total: 4, running: 4 } });
  });

  law('comes before tearing down, and collecting what it left comes between', (view, step) => {
    const job = liveJob(view);
    if (step.kind !== 'tearDown' || job === undefined) return;
    expect(job.end !== undefined || job.submit === 'NOT_YET' || (job.submit === 'OPEN' && job.openCalls === 0)).toBe(true);
    if (['CANCELED', 'FAILED', 'GONE'].includes(job.end?.how ?? '') && job.cancelling !== 'WRONG_RESTORE') expect(job.collected).toBe(true);
    expect(view.savepoints.filter((s) => s.jobId === job.id && s.state === 'STARTED')).toEqual(job.end === undefined ? expect.anything() : []);
  });
});

describe('silence', () => {
  const isSilent = (view: View): boolean => view.look.kind === 'unreachable';

  law('starts nothing and stops nothing; only a cancel may remove a cluster of its own, past the force time', (view, step) => {
    const job = liveJob(view);
    if (!isSilent(view)) return;
    if (step.kind === 'cancelJob')
      expect(step.force === true && job?.place.kind === 'local' && (job.cancelling !== undefined || view.deployment.spec.state === 'CANCELLED')).toBe(true);
    else expect(DEEDS).not.toContain(step.kind);
  });

  law('is never rested on without a look to come', (view, step) => {
    if (isSilent(view) && step.kind === 'rest') expect(step.wakeInMs).toBeGreaterThan(0);
  });
});

describe('a rest', () => {
  law('in TRANSITIONING comes back by itself', (_, step) => {
    if (step.kind === 'rest' && step.phase === 'TRANSITIONING') expect(step.wakeInMs).toBeGreaterThan(0);
  });

  law('is where the spec wants to be, or FAILED, FINISHED, or on its way', (view, step) => {
    if (step.kind === 'rest')
      expect([view.deployment.spec.state, 'TRANSITIONING', 'FAILED', ...(view.deployment.spec.state === 'RUNNING' ? ['FINISHED'] : [])]).toContain(step.phase);
  });

  law('on an unchanged view rests again, with the same status and no event', (view, step) => {
    if (step.kind !== 'rest') return;
    const status = statusAfter(view, step, NOW);
    const settled = { ...view, deployment: { ...view.deployment, status } };
    const again = plan(settled, NOW);
    expect(again).toEqual(step);
    expect(statusAfter(settled, again, NOW + 5)).toEqual(status);
    expect(narrate(settled, again, { before: liveJob(settled), status })).toEqual([]);
  });
});

describe('a Step in the history', () => {
  law('carries no path and no configuration', (_, step) => {
    const text = JSON.stringify(forHistory(step));
    for (const secret of [JAR_URI, 'file://', 's3://', '/drey/', 'execution.checkpointing', '--version']) expect(text).not.toContain(secret);
  });

  // step.ts: "no spec, no secret, no path". Flink's cause, which names paths, becomes part of the sentence of a giveUp.
  it('carries no path although the failure names one', () => {
    const jobs = [aFailedJob({ failure: aFailure(`FileNotFoundException: ${JAR_URI}`) })];
    expect(JSON.stringify(forHistory(planned({ deployment: aDeployment({ spec: { maxJobCreationAttempts: 1 } }), jobs })))).not.toContain(JAR_URI);
  });
});

describe('a look', () => {
  it('seen twice at one moment teaches nothing more', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const job = liveJob(learned(view));
        if (job === undefined) return;
        const { submit: _, ...news } = learn(job, view.look, { now: NOW, policy: DEFAULT_POLICY });
        expect(news).toEqual({});
      }),
      RUNS,
    );
  });
});

describe('the newest Savepoint', () => {
  it('does not depend on the order of the rows', () => {
    const some = fc.uniqueArray(fc.record({ of: fc.constantFrom(1, 2), checkpointId: fc.integer({ min: 1, max: 9 }) }), {
      selector: ({ of, checkpointId }) => of * 100 + checkpointId,
      maxLength: 6,
    });
    fc.assert(
      fc.property(some, (rows) => {
        const savepoints = rows.map(({ of, checkpointId }) => aRetainedCheckpoint({ jobId: jobId(of), checkpointId, capturedAt: of * 100 + checkpointId }));
        const newest = savepoints.toSorted((a, b) => b.capturedAt - a.capturedAt)[0];
        expect(newestFor('LATEST_STATE', savepoints)).toBe(newest);
      }),
    );
  });
});
