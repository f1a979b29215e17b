// Upgrades: what each strategy does to the job, and from which state its successor starts (scenarios.md A; vvp.md §2.5, §3.4).
import { describe, expect, it } from 'vitest';
import type { RestoreKind, UpgradeKind } from '../../domain/deployment.ts';
import type { Look } from '../../domain/view.ts';
import { aDeployment, aTemplate } from '../fixtures/a-deployment.ts';
import { aFailedJob, aFailure, aJob, aStartingJob, aTerminatedJob, SESSION } from '../fixtures/a-job.ts';
import { ago, hours, minutes } from '../fixtures/a-moment.ts';
import { jobId, savepointId } from '../fixtures/an-id.ts';
import { aRetainedCheckpoint, aSavepoint } from '../fixtures/a-savepoint.ts';
import { aLook, DEPLOYING, planned, RESTARTING } from '../fixtures/a-view.ts';

const edited = (upgrade: UpgradeKind, restore: RestoreKind = 'LATEST_STATE') =>
  aDeployment({ upgrade, restore, phase: 'RUNNING', specVersion: 2, spec: { template: aTemplate('--version 2') } });

const HEALTHY = aLook();
const TASK_MANAGER_DIED = aLook({ status: 'RESTARTING', tasks: { total: 4, running: 0, finished: 0 }, missingTaskManagers: 1 });

describe('the template changes', () => {
  it.each<[string, UpgradeKind, Look, object]>([
    ['all tasks run', 'STATELESS', HEALTHY, { kind: 'cancelJob', reason: 'STATELESS' }],
    ['all tasks run', 'STATEFUL', HEALTHY, { kind: 'stopWithSavepoint' }],
    ['all tasks run', 'NONE', HEALTHY, { kind: 'rest', phase: 'RUNNING' }],
    ['it restarts', 'STATELESS', RESTARTING, { kind: 'cancelJob', reason: 'STATELESS' }],
    ['it restarts', 'STATEFUL', RESTARTING, { kind: 'rest', phase: 'TRANSITIONING' }],
    ['it restarts', 'NONE', RESTARTING, { kind: 'rest', phase: 'RUNNING' }],
    ['it lost a TaskManager', 'STATEFUL', TASK_MANAGER_DIED, { kind: 'ensureCluster' }],
    ['it lost a TaskManager', 'NONE', TASK_MANAGER_DIED, { kind: 'ensureCluster' }],
  ])('while %s, %s', (_, upgrade, look, step) => {
    expect(planned({ deployment: edited(upgrade), jobs: [aJob()], look })).toMatchObject(step);
  });

  // A, first table: "restarting: cancel when reachable". The code repairs first what it is about to end.
  it('while it lost a TaskManager, STATELESS cancels it', () => {
    expect(planned({ deployment: edited('STATELESS'), jobs: [aJob()], look: TASK_MANAGER_DIED })).toMatchObject({ kind: 'cancelJob', reason: 'STATELESS' });
  });

  it.each<[UpgradeKind, object]>([
    ['STATELESS', { kind: 'cancelJob', reason: 'NEVER_RAN' }],
    ['STATEFUL', { kind: 'cancelJob', reason: 'NEVER_RAN' }],
    ['NONE', { kind: 'awaitRunning' }],
  ])('before any task ran, %s', (upgrade, step) => {
    expect(planned({ deployment: edited(upgrade), jobs: [aStartingJob()], look: DEPLOYING })).toMatchObject(step);
  });

  it.each(['STATELESS', 'STATEFUL', 'NONE'] as const)('after the job failed, %s tries no savepoint and collects what it left', (upgrade) => {
    const failed = aJob({ end: { how: 'FAILED', failure: aFailure() } });
    expect(planned({ deployment: edited(upgrade), jobs: [failed] })).toMatchObject({ kind: 'collectCheckpoints' });
  });
});

describe('what is an upgrade (vvp.md §2.5)', () => {
  const under = (spec: object, upgrade: UpgradeKind = 'STATELESS') =>
    planned({ deployment: aDeployment({ upgrade, phase: 'RUNNING', specVersion: 2, spec }), jobs: [aJob()], look: aLook() });
  const template = aTemplate();

  it.each([
    ['the jar', { ...template, spec: { ...template.spec, artifact: { kind: 'JAR', jarUri: 's3://jobs/other.jar' } } }],
    ['the arguments', aTemplate('--version 2')],
    ['parallelism', { ...template, spec: { ...template.spec, parallelism: 5 } }],
    ['numberOfTaskManagers', { ...template, spec: { ...template.spec, numberOfTaskManagers: 2 } }],
    ['resources', { ...template, spec: { ...template.spec, resources: { jobmanager: { cpu: 2, memory: '1G' } } } }],
    ['flinkConfiguration', aTemplate('--version 1', {})],
    ['logging', { ...template, spec: { ...template.spec, logging: { log4jLoggers: { '': 'DEBUG' } } } }],
    ['kubernetes options', { ...template, spec: { ...template.spec, kubernetes: { labels: { team: 'red' } } } }],
    ['annotations of the template', { ...template, metadata: { annotations: { a: 'b' } } }],
  ])('another value of %s', (_, changed) => {
    expect(under({ template: changed })).toMatchObject({ kind: 'cancelJob', reason: 'STATELESS' });
  });

  it('another place to run', () => {
    const place = { kind: 'ready', place: SESSION } as const;
    expect(planned({ deployment: aDeployment({ phase: 'RUNNING' }), jobs: [aJob()], look: aLook(), place })).toMatchObject({ kind: 'stopWithSavepoint' });
  });

  it.each([
    ['the upgradeStrategy', { upgrade: 'STATEFUL' }],
    ['the restoreStrategy', { restore: 'NONE' }],
    ['the limits', { maxJobCreationAttempts: 1, maxSavepointCreationAttempts: 1 }],
    ['jobFailureExpirationTime', { jobFailureExpirationTime: '1 h' }],
    ['the order of keys', { template: JSON.parse(JSON.stringify({ spec: Object.fromEntries(Object.entries(template.spec).toReversed()) })) }],
  ])('not another value of %s (A20)', (_, spec) => {
    expect(under(spec)).toMatchObject({ kind: 'rest', phase: 'RUNNING' });
  });

  it('not what drey adds to the configuration of the Job (D24)', () => {
    const job = aJob({ flinkConfiguration: { 'state.savepoints.dir': 'file:///blobs', 'execution.checkpointing.interval': '10s' } });
    expect(planned({ jobs: [job], look: aLook() })).toMatchObject({ kind: 'rest', phase: 'RUNNING' });
  });
});

describe('an upgrade to a place that is not ready', () => {
  it.each(['STATELESS', 'STATEFUL'] as const)('leaves the job alone until it is, %s (G4)', (upgrade) => {
    const place = { kind: 'notReady', place: SESSION, because: 'TARGET_NOT_READY: the session cluster "shared" is STOPPED' } as const;
    expect(planned({ deployment: edited(upgrade), jobs: [aJob()], look: aLook(), place })).toMatchObject({
      kind: 'rest',
      phase: 'TRANSITIONING',
      because: expect.stringContaining('TARGET_NOT_READY'),
      wakeInMs: expect.any(Number),
    });
  });
});

describe('the successor starts from', () => {
  /** What lies there after J1 ended: S1 by a user, then a retained checkpoint S2, and after a STATEFUL upgrade S3. */
  const byUser = aSavepoint({ origin: 'USER_REQUEST', capturedAt: ago(hours(2)) });
  const retained = aRetainedCheckpoint({ id: savepointId(2), capturedAt: ago(minutes(20)) });
  const suspension = aSavepoint({ id: savepointId(3), capturedAt: ago(minutes(10)) });
  const after = { STATELESS: [retained, byUser], STATEFUL: [suspension, byUser], NONE: [retained, byUser] };

  it.each<[UpgradeKind, RestoreKind, number | null]>([
    ['STATELESS', 'LATEST_STATE', 2],
    ['STATELESS', 'LATEST_SAVEPOINT', 1],
    ['STATELESS', 'NONE', null],
    ['STATEFUL', 'LATEST_STATE', 3],
    ['STATEFUL', 'LATEST_SAVEPOINT', 3],
    ['STATEFUL', 'NONE', null],
    ['NONE', 'LATEST_STATE', 2],
    ['NONE', 'LATEST_SAVEPOINT', 1],
    ['NONE', 'NONE', null],
  ])('%s and %s: S%s', (upgrade, restore, source) => {
    const { cancelling: _, ...ended } = aTerminatedJob();
    const step = planned({ deployment: edited(upgrade, restore), jobs: [ended], savepoints: after[upgrade] });
    expect(step).toMatchObject({ kind: 'fetchArtifact', create: { restoreFrom: source === null ? null : savepointId(source) } });
  });

  it("J1's source again, when J1 was ended before any task ran (A10, A25 d)", () => {
    const dropped = aTerminatedJob({
      id: jobId(2),
      cancelling: 'NEVER_RAN',
      hadState: false,
      stable: false,
      restore: { savepointId: savepointId(3), location: suspension.location ?? '' },
    });
    expect(planned({ deployment: edited('STATEFUL'), jobs: [dropped, aTerminatedJob()], savepoints: [suspension, byUser] })).toMatchObject({
      attempt: 1,
      create: { restoreFrom: savepointId(3) },
    });
  });

  it('nothing, when the very first Job could not start (A11)', () => {
    expect(planned({ deployment: edited('STATEFUL'), jobs: [aFailedJob()] })).toMatchObject({ attempt: 1, create: { restoreFrom: null, templateOf: 'spec' } });
  });
});
