// How much CPU is counted for whom, and on which days.
import { describe, expect, it } from 'vitest';
import { consumption, cpuOfJob, cpuOfSessionCluster, DAY_MS, type JobRun, wantedTaskManagers } from '../../domain/consumption.ts';
import { aTemplate } from '../fixtures/a-deployment.ts';
import { LOCAL } from '../fixtures/a-job.ts';
import { deploymentId } from '../fixtures/an-id.ts';

const resources = { jobmanager: { cpu: 0.5 }, taskmanager: { cpu: 2 } };
const ordered = (over: object = {}) => ({ spec: { ...aTemplate().spec, flinkConfiguration: {}, resources, parallelism: 4, ...over } });
const aRun = (over: Partial<JobRun> = {}): JobRun => ({
  namespace: 'default',
  deploymentName: 'clicks',
  deploymentId,
  place: LOCAL,
  template: ordered(),
  startedAt: 0,
  ...over,
});
const HOUR = 3_600_000;

describe('TaskManagers', () => {
  it.each([
    ['as ordered', { numberOfTaskManagers: 3 }, 3],
    ['one with a slot for each task', {}, 1],
    ['as many as the slots make necessary', { flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '3' } }, 2],
    ['one slot each where their number is nonsense', { flinkConfiguration: { 'taskmanager.numberOfTaskSlots': 'many' } }, 4],
  ])('%s', (_, over, wanted) => {
    expect(wantedTaskManagers({ template: ordered(over) })).toBe(wanted);
  });
});

describe('CPU', () => {
  it('is that of JobManager and TaskManagers, one core where nothing is said', () => {
    expect(cpuOfJob(aRun({ template: ordered({ numberOfTaskManagers: 3 }) }))).toBe(6.5);
    expect(cpuOfJob(aRun({ template: ordered({ numberOfTaskManagers: 3, resources: {} }) }))).toBe(4);
  });

  it('of a Job on a session cluster is that of the cluster', () => {
    const place = { kind: 'session', sessionCluster: 'shared', sessionClusterId: deploymentId as never } as const;
    expect(cpuOfJob(aRun({ place }))).toBe(0);
  });

  it.each([
    ['RUNNING', {}, 2.5],
    ['STARTING', { numberOfTaskManagers: 2 }, 4.5],
    ['STOPPED', {}, 0],
    ['FAILED', {}, 0],
    ['RUNNING', { external: { url: 'http://flink:8081' } }, 0],
  ] as const)('of a session cluster that is %s with %j', (state, over, cpu) => {
    const spec = { state: 'RUNNING', flinkConfiguration: {}, resources, ...over } as const;
    expect(cpuOfSessionCluster({ spec, status: { state, because: '' } })).toBe(cpu);
  });
});

describe('the days', () => {
  const span = { from: 0, to: 3 * DAY_MS, now: 2 * DAY_MS + HOUR };

  it('are those on which a Job ran, each with its own part', () => {
    const days = consumption([aRun({ startedAt: DAY_MS - HOUR, terminatedAt: DAY_MS + 2 * HOUR })], span);
    expect(days.map(({ day, runMs, cpuMs, jobs }) => [day, runMs, cpuMs, jobs])).toEqual([
      [0, HOUR, 2.5 * HOUR, 1],
      [DAY_MS, 2 * HOUR, 5 * HOUR, 1],
    ]);
  });

  it('end with now for a Job that still runs, and with the span for one that runs on', () => {
    expect(consumption([aRun({ startedAt: 2 * DAY_MS })], span).map(({ runMs }) => runMs)).toEqual([HOUR]);
    expect(consumption([aRun({ startedAt: -DAY_MS, terminatedAt: 9 * DAY_MS })], { ...span, now: 10 * DAY_MS }).map(({ runMs }) => runMs)).toEqual([
      DAY_MS,
      DAY_MS,
      DAY_MS,
    ]);
  });

  it('add up the Jobs of a Deployment, and are in order of day, namespace and name', () => {
    const other = { deploymentName: 'a', deploymentId: 'another' as never };
    const days = consumption([aRun({ terminatedAt: HOUR }), aRun({ startedAt: HOUR, terminatedAt: 3 * HOUR }), aRun({ ...other, terminatedAt: HOUR })], span);
    expect(days.map(({ deploymentName, jobs, runMs }) => [deploymentName, jobs, runMs])).toEqual([
      ['a', 1, HOUR],
      ['clicks', 2, 3 * HOUR],
    ]);
  });

  it('are none for a Job that never started', () => {
    const { startedAt: _, ...never } = aRun();
    expect(consumption([never, aRun({ startedAt: 2 * HOUR, terminatedAt: 2 * HOUR })], span)).toEqual([]);
  });
});
