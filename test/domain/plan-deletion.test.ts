// Deletions: what may go, what stays, and that no transition waits for one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownsData, whyKept, whyNeverDropped } from '../../domain/deletion.ts';
import { toFlinkJobId } from '../../domain/ids.ts';
import { isTerminal } from '../../domain/job.ts';
import { liveJob } from '../../domain/learn.ts';
import { narrate } from '../../domain/narrate.ts';
import { plan } from '../../domain/plan.ts';
import { surplus } from '../../domain/plan-deletion.ts';
import { chooseRestore, newestFor, usableOf } from '../../domain/restore.ts';
import { KEEP, KEEP_USER } from '../../domain/retention.ts';
import type { Savepoint } from '../../domain/savepoint.ts';
import { statusAfter } from '../../domain/status.ts';
import { forHistory } from '../../domain/step.ts';
import type { View } from '../../domain/view.ts';
import { aDeployment, type DeploymentOverrides } from '../fixtures/a-deployment.ts';
import { aFailedJob, aJob, aTerminatedJob } from '../fixtures/a-job.ts';
import { ago, minutes, NOW } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aCopiedSavepoint, aFailedSavepoint, anOpenSavepoint, aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, aView, learned, planned, UNREACHABLE } from '../fixtures/a-view.ts';
import { anyView } from '../fixtures/any-view.ts';

const pending = aSavepoint({ id: savepointId(3), state: 'PENDING_DELETION' });
/** S5 is the newest, S1 the oldest. */
const five = (overrides: Partial<Savepoint> = {}) =>
  [5, 4, 3, 2, 1].map((n) => aSavepoint({ id: savepointId(n), capturedAt: ago(minutes(60 - n)), ...overrides }));
const kept = (annotations: Record<string, string>, savepoints: readonly Savepoint[], over: DeploymentOverrides = {}) =>
  surplus(aView({ deployment: aDeployment({ annotations, ...over }), savepoints, jobs: [aTerminatedJob()] }))?.id;

describe('a deletion', () => {
  it.each([
    ['RUNNING', { deployment: aDeployment({ phase: 'RUNNING' }), jobs: [aJob()], look: aLook() }],
    ['RUNNING, its cluster silent', { deployment: aDeployment({ phase: 'RUNNING' }), jobs: [aJob()], look: UNREACHABLE }],
    ['SUSPENDED', { deployment: aDeployment({ state: 'SUSPENDED', phase: 'SUSPENDED' }), jobs: [aTerminatedJob()] }],
    ['CANCELLED', { deployment: aDeployment({ state: 'CANCELLED', phase: 'CANCELLED' }), jobs: [aTerminatedJob()] }],
    ['FAILED', { deployment: aDeployment({ phase: 'FAILED', failedSpecVersion: 1 }), jobs: [aFailedJob()] }],
    ['waiting for its target', { place: { kind: 'missing', because: 'no target' } }],
  ] as const)('is planned where the Deployment rests (%s), with the status of that rest and no event of its own', (_, parts: Partial<View>) => {
    const view = aView({ ...parts, savepoints: [pending] });
    const step = plan(view, NOW);
    if (step.kind !== 'deleteSavepoint') throw new Error(step.kind);
    expect(step.savepointId).toBe(pending.id);
    expect(statusAfter(view, step, NOW)).toEqual(statusAfter(view, step.rest, NOW));
    const change = { before: liveJob(view), status: statusAfter(view, step, NOW) };
    expect(narrate(view, step, change)).toEqual(narrate(view, step.rest, change));
  });

  it('waits for whatever else is to be done: a start, a stop, a cancel, a savepoint of a user', () => {
    const savepoints = [pending];
    const running = { jobs: [aJob()], look: aLook(), savepoints };
    expect(planned({ savepoints }).kind).toBe('fetchArtifact');
    expect(planned({ ...running, deployment: aDeployment({ state: 'SUSPENDED' }) }).kind).toBe('stopWithSavepoint');
    expect(planned({ ...running, deployment: aDeployment({ state: 'CANCELLED' }) }).kind).toBe('cancelJob');
    const asked = anOpenSavepoint({ id: savepointId(7), origin: 'USER_REQUEST', triggered: false });
    expect(planned({ ...running, savepoints: [asked, pending] }).kind).toBe('takeSavepoint');
  });

  it('that was claimed before comes first, then what was asked for the longest ago; one that failed is not tried by itself', () => {
    const rest = { deployment: aDeployment({ state: 'CANCELLED' }) };
    const deleting = aSavepoint({ id: savepointId(1), state: 'DELETING' });
    const failed = aSavepoint({ id: savepointId(2), state: 'FAILED_DELETION' });
    const later = aSavepoint({ id: savepointId(4), state: 'PENDING_DELETION' });
    expect(planned({ ...rest, savepoints: [later, pending, deleting] })).toMatchObject({ savepointId: deleting.id });
    expect(planned({ ...rest, savepoints: [later, pending] })).toMatchObject({ savepointId: pending.id });
    expect(planned({ ...rest, savepoints: [failed] }).kind).toBe('rest');
  });

  it('keeps the reason of a failure, which may name paths, out of the history', () => {
    const deployment = aDeployment({ phase: 'FAILED', failedSpecVersion: 1, status: { because: 'no file file:///secret/path' } });
    expect(JSON.stringify(forHistory(planned({ deployment, savepoints: [pending] })))).not.toContain('secret');
  });
});

describe('without force stays', () => {
  const why = (savepoint: Savepoint, over: Partial<View> = {}) => whyKept(aView({ savepoints: [savepoint], jobs: [aTerminatedJob()], ...over }), savepoint);
  const restore = { savepointId: savepointId(1), location: 'file:///x' };

  it.each([
    ['what is STARTED', anOpenSavepoint(), {}, 'it is STARTED'],
    [
      'what a live Job was started from',
      aSavepoint({ id: savepointId(1) }),
      { jobs: [aJob({ id: jobId(2), restore })] },
      `Job ${jobId(2)} was started from it`,
    ],
    ['what the next start would restore', aSavepoint(), {}, 'the next start of the Deployment would restore it'],
    ['the newest registered one', aCopiedSavepoint(), {}, 'the next start'],
    [
      'the stop of a Job that has not ended',
      aSavepoint(),
      { jobs: [aJob()], savepoints: [aSavepoint(), aCopiedSavepoint({ id: savepointId(2), capturedAt: NOW })] },
      'is being stopped through it',
    ],
    ['a failed stop of a Job that has not ended: what it left is looked for at the end', aFailedSavepoint(), { jobs: [aJob()] }, 'is being stopped through it'],
  ] as const)('%s', (_, savepoint, over, reason) => {
    expect(why(savepoint, over as Partial<View>)).toContain(reason);
  });

  it('the source that a failed start would be retried with', () => {
    const newer = aSavepoint({ id: savepointId(2), capturedAt: NOW });
    const jobs = [aFailedJob({ id: jobId(2), restore, hadState: false })];
    expect(why(aSavepoint(), { jobs, savepoints: [newer, aSavepoint()] })).toContain('the next start');
  });

  it('what alone proves that the last Job’s newest state is there', () => {
    const checkpoint = aRetainedCheckpoint({ id: savepointId(1), capturedAt: ago(minutes(40)) });
    const user = aSavepoint({ id: savepointId(2), origin: 'USER_REQUEST' });
    expect(why(checkpoint, { savepoints: [user, checkpoint], jobs: [aTerminatedJob({ newestCheckpoint: { id: 7, at: ago(minutes(40)) } })] })).toContain(
      'the next start would be refused',
    );
  });

  it('nothing else: older ones, what the strategy never uses, what failed', () => {
    const newer = aSavepoint({ id: savepointId(2), capturedAt: NOW });
    expect(why(aSavepoint(), { savepoints: [newer, aSavepoint()] })).toBeUndefined();
    expect(why(aSavepoint(), { deployment: aDeployment({ restore: 'NONE' }) })).toBeUndefined();
    const deployment = aDeployment({ restore: 'LATEST_SAVEPOINT' });
    expect(why(aRetainedCheckpoint(), { deployment, savepoints: [newer, aRetainedCheckpoint()] })).toBeUndefined();
    expect(why(aRetainedCheckpoint(), { deployment, jobs: [] })).toContain('the last state there is');
    expect(why(aFailedSavepoint())).toBeUndefined();
  });

  it('with force only the stop of a Job that has not ended stays', () => {
    expect(whyNeverDropped([aJob()], aSavepoint())).toContain('is being stopped through it');
    expect(whyNeverDropped([aTerminatedJob()], aSavepoint())).toBeUndefined();
    expect(whyNeverDropped([aJob({ restore })], aSavepoint({ origin: 'USER_REQUEST' }))).toBeUndefined();
  });
});

describe('the data is drey’s to remove', () => {
  const chk = `file:///c/${toFlinkJobId(jobId(1))}/chk-7`;
  it.each([
    ['in the directory made for the Savepoint', aSavepoint(), true],
    ['in it, as Flink spells it', aSavepoint({ location: `file:/blobs/${savepointId(1)}/savepoint-1` }), true],
    ['anywhere else', aSavepoint({ location: 'file:///blobs/other/savepoint-1' }), false],
    ['as the directory itself', aSavepoint({ location: `file:///blobs/${savepointId(1)}` }), false],
    ['as a checkpoint of its own Job', aRetainedCheckpoint({ location: chk }), true],
    ['as a checkpoint of another Job', aRetainedCheckpoint({ jobId: jobId(2), location: chk }), false],
    ['as all that the Job shares', aRetainedCheckpoint({ location: chk.replace('chk-7', 'shared') }), false],
    ['registered', aCopiedSavepoint(), false],
  ])('%s: %#', (_, savepoint, owns) => {
    expect(ownsData(savepoint)).toBe(owns);
  });
});

describe('retention', () => {
  it('takes the oldest beyond the number, of each origin for itself', () => {
    expect(kept({ [KEEP]: '3' }, five())).toBe(savepointId(1));
    expect(kept({ [KEEP]: '5' }, five())).toBeUndefined();
    const others = five({ origin: 'RETAINED_CHECKPOINT' }).map((s, i) => ({ ...s, id: savepointId(20 - i), checkpointId: 9 - i }));
    expect(kept({ [KEEP]: '4' }, [...others, ...five()].slice(0, 9))).toBe(savepointId(16));
  });

  it('takes what users asked for only where the rule names it', () => {
    expect(kept({ [KEEP]: '1' }, five({ origin: 'USER_REQUEST' }))).toBeUndefined();
    expect(kept({ [KEEP_USER]: '4' }, five({ origin: 'USER_REQUEST' }))).toBe(savepointId(1));
    expect(kept({ [KEEP_USER]: '1' }, five())).toBeUndefined();
  });

  it('does nothing without a rule, and nothing for a rule that is no number', () => {
    for (const text of [undefined, '', '0', '-1', '1.5', 'all', ' 1', '1e1'])
      expect(kept(text === undefined ? {} : { [KEEP]: text, [KEEP_USER]: text }, five())).toBeUndefined();
  });

  it('counts only what is COMPLETED', () => {
    const [newest, ...older] = five();
    expect(kept({ [KEEP]: '1' }, [newest as Savepoint, ...older.map((s) => ({ ...s, state: 'FAILED_DELETION' as const }))])).toBeUndefined();
  });

  it('spares what any strategy would restore: the newest of all, and the newest that is no checkpoint', () => {
    const checkpoint = aRetainedCheckpoint({ id: savepointId(8), capturedAt: NOW });
    const copied = five({ origin: 'COPIED' });
    expect(kept({ [KEEP]: '1' }, [checkpoint, ...copied])).toBe(savepointId(1));
    const older = aSavepoint({ id: savepointId(2), capturedAt: ago(minutes(90)) });
    const user = aSavepoint({ id: savepointId(3), origin: 'USER_REQUEST', capturedAt: ago(minutes(80)) });
    expect(kept({ [KEEP_USER]: '1' }, [checkpoint, user, older])).toBeUndefined();
  });

  it('waits until the Deployment rests', () => {
    const view = { savepoints: five(), jobs: [aTerminatedJob()] };
    expect(planned({ ...view, deployment: aDeployment({ annotations: { [KEEP]: '1' }, state: 'SUSPENDED' }) })).toMatchObject({ savepointId: savepointId(1) });
    const moving = { ...view, deployment: aDeployment({ annotations: { [KEEP]: '1' } }), place: { kind: 'missing', because: 'no target' } as const };
    expect(planned(moving).kind).toBe('rest');
  });
});

describe('beside what a Job captured that ran on other state than it was meant to restore', () => {
  const jobs = [aFailedJob({ id: jobId(2), cancelling: 'WRONG_RESTORE' }), aTerminatedJob()];
  const [strange, newest, older] = [
    aSavepoint({ id: savepointId(3), jobId: jobId(2), origin: 'USER_REQUEST', capturedAt: ago(minutes(1)) }),
    aSavepoint({ id: savepointId(2), origin: 'USER_REQUEST', capturedAt: ago(minutes(2)) }),
    aSavepoint({ id: savepointId(1), origin: 'USER_REQUEST', capturedAt: ago(minutes(3)) }),
  ];
  const holdings = aView({ deployment: aDeployment({ annotations: { [KEEP_USER]: '1' } }), jobs, savepoints: [strange, newest, older] });

  it('the newest state of the Deployment stays, though it is not the newest Savepoint', () => {
    expect(whyKept(holdings, newest)).toMatch(/the next start of the Deployment would restore it/);
    expect(whyKept(holdings, strange)).toBeUndefined();
  });

  it('retention takes an older one first', () => {
    expect(surplus(holdings)?.id).toBe(older.id);
  });
});

describe('whatever is there', () => {
  const rules = fc.record({ [KEEP]: fc.constantFrom('1', '2'), [KEEP_USER]: fc.constantFrom('1', '2') });
  const anyHoldings = fc.tuple(anyView, rules).map(([view, annotations]) => learned({ ...view, deployment: { ...view.deployment, annotations } }));
  const RUNS = { numRuns: 3000, interruptAfterTimeLimit: 3000, markInterruptAsFailure: false };

  it('retention never takes what a live Job, a start under any strategy or a retry refers to, and always leaves one', () => {
    fc.assert(
      fc.property(anyHoldings, (view) => {
        const gone = surplus(view);
        if (gone === undefined) return;
        expect(gone.state).toBe('COMPLETED');
        expect(view.jobs.some((job) => !isTerminal(job) && job.restore?.savepointId === gone.id)).toBe(false);
        expect(whyNeverDropped(view.jobs, gone)).toBeUndefined();
        for (const kind of ['LATEST_STATE', 'LATEST_SAVEPOINT'] as const) expect(newestFor(kind, usableOf(view))?.id).not.toBe(gone.id);
        expect(
          newestFor(
            'LATEST_STATE',
            view.savepoints.filter((s) => s.id !== gone.id),
          ),
        ).toBeDefined();
      }),
      RUNS,
    );
  });

  it('a start restores the same before and after a deletion that was not forced', () => {
    fc.assert(
      fc.property(anyHoldings, (view) => {
        const gone = view.savepoints.filter((s) => whyKept(view, s) === undefined);
        for (const { id } of gone) {
          const after = { ...view, savepoints: view.savepoints.filter((s) => s.id !== id) };
          const [was, is] = [chooseRestore(view), chooseRestore(after)];
          expect(is.kind).toBe(was.kind);
          if (was.kind === 'from' && is.kind === 'from') expect(is.savepoint.id).toBe(was.savepoint.id);
        }
      }),
      RUNS,
    );
  });
});
