// Where a Deployment is to run, out of stored rows, and whether a Job can start there now.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assembleView, type Rows } from '../../domain/assemble-view.ts';
import type { DeploymentTarget } from '../../domain/deployment-target.ts';
import type { SessionCluster } from '../../domain/session-cluster.ts';
import { createNewId } from '../../store/new-id.ts';
import { aDeployment, aTemplate, type SpecOverrides } from '../fixtures/a-deployment.ts';
import { aFailedJob, aJob } from '../fixtures/a-job.ts';
import { NOW } from '../fixtures/a-moment.ts';
import { jobId, sessionClusterId } from '../fixtures/an-id.ts';
import { aView } from '../fixtures/a-view.ts';

const target = (id: string, name: string, spec: object = {}) => ({ id, namespace: 'default', name, spec }) as unknown as DeploymentTarget;
const TARGETS = [target('t-1', 'default'), target('t-2', 'other'), target('t-3', 'far', { kubernetes: { namespace: 'jobs' } })];
const local = { versions: ['1.20', '2.3'], versionFor: (wanted: string | undefined) => (wanted === '1.20' ? '1.20.0' : undefined) };

function viewOf(spec: SpecOverrides, rows: Partial<Rows> = {}) {
  const { policy, look } = aView();
  const base = { jobs: [], savepoints: [], seen: [], defaultAnnotations: {}, cluster: undefined, targets: TARGETS };
  const { deploymentTargetName: _, ...unplaced } = aDeployment().spec;
  const deployment = aDeployment();
  const placed = { ...deployment, spec: { ...unplaced, ...spec } } as Rows['deployment'];
  return assembleView({ deployment: placed, ...base, ...rows }, { local, policy, look, newId: createNewId({ clock: Date.now, random: randomBytes }) });
}
const placeOf = (spec: SpecOverrides, rows?: Partial<Rows>) => viewOf(spec, rows).place;

describe('on a deployment target', () => {
  it('is found by name, or by id, which comes first', () => {
    expect(placeOf({ deploymentTargetName: 'other' })).toEqual({ kind: 'ready', place: { kind: 'local', target: 'other' } });
    expect(placeOf({ deploymentTargetId: 't-2', deploymentTargetName: 'default' })).toEqual({ kind: 'ready', place: { kind: 'local', target: 'other' } });
  });

  it.each([
    [{ deploymentTargetName: 'none' }, 'none'],
    [{ deploymentTargetId: 't-9', deploymentTargetName: 'default' }, 't-9'],
    [{}, ''],
  ])('is missing when nothing is called so: %j', (spec, called) => {
    expect(placeOf(spec)).toEqual({ kind: 'missing', because: `the deployment target "${called}" does not exist in namespace "default"` });
  });

  it('is not ready on Kubernetes', () => {
    expect(placeOf({ deploymentTargetName: 'far' })).toEqual({
      kind: 'notReady',
      place: { kind: 'kubernetes', target: 'far', namespace: 'jobs' },
      because: 'TARGET_NOT_READY: this version of drey cannot start jobs on Kubernetes yet',
    });
  });

  it.each([
    ['1.17', '1.17'],
    [undefined, ''],
  ])('is not ready for Flink %s, which it cannot run', (flinkVersion, told) => {
    const { spec } = aTemplate();
    const template = { spec: { ...spec, artifact: { ...spec.artifact, flinkVersion } } } as unknown as SpecOverrides['template'];
    expect(placeOf({ deploymentTargetName: 'default', ...(template === undefined ? {} : { template }) })).toEqual({
      kind: 'notReady',
      place: { kind: 'local', target: 'default' },
      because: `TARGET_NOT_READY: a local target cannot run Flink ${told}; it can run 1.20, 2.3`,
    });
  });
});

describe('on a session cluster', () => {
  const cluster = (wanted: string, is: string) => ({ id: sessionClusterId, spec: { state: wanted }, status: { state: is } }) as unknown as SessionCluster;
  const place = { kind: 'session', sessionCluster: 'shared', sessionClusterId };
  const on = (found: SessionCluster | undefined) => placeOf({ sessionClusterName: 'shared', deploymentTargetName: 'default' }, { cluster: found });

  it('is ready while that runs and is to run', () => {
    expect(on(cluster('RUNNING', 'RUNNING'))).toEqual({ kind: 'ready', place });
  });

  it.each([
    ['RUNNING', 'STARTING'],
    ['STOPPED', 'RUNNING'],
    ['STOPPED', 'STOPPED'],
  ])('is not ready while that is to be %s and is %s', (wanted, is) => {
    expect(on(cluster(wanted, is))).toEqual({ kind: 'notReady', place, because: `TARGET_NOT_READY: the session cluster "shared" is ${is}` });
  });

  it('is missing when there is none of that name', () => {
    expect(on(undefined)).toEqual({ kind: 'missing', because: 'the session cluster "shared" does not exist in namespace "default"' });
  });
});

describe('what the watch saw', () => {
  const seen = (id: number, status: string, checkpoint?: object) =>
    ({ jobId: jobId(id), status, tasks: '1/1', seenAt: NOW, ...(checkpoint === undefined ? {} : { checkpoint }) }) as Rows['seen'][number];

  it('names the strays, and no other Job', () => {
    expect(viewOf({}, { seen: [seen(1, 'RUNNING'), seen(2, 'STRAY'), seen(3, 'GONE')] }).strays).toEqual([jobId(2)]);
  });

  it('counts for its own Job, and a checkpoint that is as new as the known one changes nothing', () => {
    const known = { id: 7, at: NOW, location: 'file:///c/chk-7' };
    const jobs = [aJob({ newestCheckpoint: known }), aFailedJob({ id: jobId(2) })];
    const again = { ...known, location: 'file:///elsewhere/chk-7' };
    expect(viewOf({}, { jobs, seen: [seen(2, 'GONE'), seen(1, 'RUNNING', again)] }).jobs).toEqual(jobs);
    const newer = { ...known, id: 8 };
    expect(viewOf({}, { jobs, seen: [seen(1, 'RUNNING', newer)] }).jobs[0]?.newestCheckpoint).toEqual(newer);
  });

  it('comes with new ids for what may be made', () => {
    const { fresh } = viewOf({});
    expect(fresh.jobId).toMatch(/^[0-9a-f-]{36}$/);
    expect(fresh.savepointId).not.toBe(fresh.jobId);
  });
});
