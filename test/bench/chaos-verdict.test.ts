// The verdict of the fault benchmark: nothing wrong is counted as nothing, and every wrong is found.
import { describe, expect, it } from 'vitest';
import type { Evidence, FlinkJobRecord, JobRecord, SavepointRecord } from '../../bench/chaos-records.ts';
import { judge, type Verdict } from '../../bench/chaos-verdict.ts';

const [J1, J2, J3] = ['01a2-1', '01a2-2', '01a2-3'];
const flinkId = (id: string): string => id.replaceAll('-', '');
const savedBy = (id: string): string => `file:/blobs/${id}/savepoint`;

const aJob = (id: string, over: Partial<JobRecord> = {}): JobRecord => ({ id, deploymentId: 'd', state: 'TERMINATED', args: `--v ${id}`, ...over });
const aSavepoint = (jobId: string): SavepointRecord => ({ id: `s-${jobId}`, jobId, origin: 'SUSPEND', state: 'COMPLETED', location: savedBy(jobId) });

/** Restores checkpoint `from`, saves as `from` + 5. */
function aFlinkJob(id: string, from: number, before?: string): FlinkJobRecord {
  return {
    id: flinkId(id),
    status: 'FINISHED',
    startedAt: from * 100,
    endedAt: from * 100 + 490,
    args: ['--v', id],
    ...(before !== undefined && { restored: { location: `file://${savedBy(before).slice(5)}`, checkpointId: from } }),
    savepoints: [{ location: savedBy(id), checkpointId: from + 5 }],
    newestCheckpointId: from + 5,
  };
}

/** Two upgrades of one Deployment, as they should be. */
function anEvidence(over: Partial<Evidence> = {}): Evidence {
  const { endedAt: _, ...running } = aFlinkJob(J3, 11, J2);
  return {
    asked: [{ name: 'chaos-1', args: [`--v ${J1}`, `--v ${J2}`, `--v ${J3}`] }],
    deployments: [{ id: 'd', name: 'chaos-1', state: 'RUNNING', jobId: J3, settled: true, because: 'fine' }],
    jobs: [aJob(J3, { state: 'STARTED', savepointLocation: savedBy(J2) }), aJob(J2, { savepointLocation: savedBy(J1) }), aJob(J1)],
    savepoints: [aSavepoint(J1), aSavepoint(J2)],
    flinkJobs: [aFlinkJob(J1, 1), { ...aFlinkJob(J2, 6, J1) }, { ...running, status: 'RUNNING', savepoints: [], newestCheckpointId: 12 }],
    sightings: { looks: 9, together: [] },
    ...over,
  };
}

function change<T extends { readonly id: string }>(list: readonly T[], id: string, over: Partial<T>): readonly T[] {
  return list.map((each) => (each.id === id ? { ...each, ...over } : each));
}

const SOUND = anEvidence();
const NOTHING: Verdict = { lost: [], doubled: [], violations: [] };

it('finds nothing where every Job continues where the one before it stopped', () => {
  expect(judge(SOUND)).toEqual(NOTHING);
});

describe('a savepoint is lost', () => {
  const cases: readonly (readonly [string, Partial<Evidence>, string])[] = [
    ['when a Job started without state', { jobs: change(SOUND.jobs, J2, { savepointLocation: undefined } as never) }, 'started without state'],
    ['when a Job started from older state', { jobs: change(SOUND.jobs, J3, { savepointLocation: savedBy(J1) }) }, "not from its predecessor's"],
    ['when a stop left no completed Savepoint', { savepoints: [aSavepoint(J2)] }, 'has 0 completed SUSPEND Savepoints'],
    ['when a stop left two', { savepoints: [...SOUND.savepoints, { ...aSavepoint(J1), id: 'x' }] }, 'has 2 completed SUSPEND Savepoints'],
    [
      'when Flink restored another one',
      { flinkJobs: change(SOUND.flinkJobs, flinkId(J3), { restored: { location: 'file:/x', checkpointId: 11 } }) },
      'Flink says that it restored file:/x',
    ],
    ['when Flink restored nothing', { flinkJobs: change(SOUND.flinkJobs, flinkId(J3), { restored: undefined } as never) }, 'restored nothing'],
    [
      'when the predecessor had come further',
      { flinkJobs: change(SOUND.flinkJobs, flinkId(J2), { newestCheckpointId: 14 }) },
      'restored checkpoint 11, but its predecessor had come to 14',
    ],
    [
      'when Flink completed one that drey does not know',
      { flinkJobs: change(SOUND.flinkJobs, flinkId(J3), { savepoints: [{ location: 'file:/y', checkpointId: 12 }] }) },
      'Flink completed file:/y',
    ],
  ];
  it.each(cases)('%s', (_, over, sentence) => {
    expect(judge(anEvidence(over)).lost.join('\n')).toContain(sentence);
  });
});

describe('jobs are doubled', () => {
  it('when the watcher saw two of one Deployment alive, or their times overlap, and counts each pair once', () => {
    const overlapping = change(SOUND.flinkJobs, flinkId(J1), { endedAt: 601 });
    const pair = [flinkId(J1), flinkId(J2)] as const;
    const doubled = [`Flink jobs ${pair.join(' and ')} of one Deployment were alive at once`];
    expect(judge(anEvidence({ flinkJobs: overlapping })).doubled).toEqual(doubled);
    expect(judge(anEvidence({ sightings: { looks: 1, together: [pair] } })).doubled).toEqual(doubled);
    expect(judge(anEvidence({ flinkJobs: overlapping, sightings: { looks: 1, together: [pair] } })).doubled).toEqual(doubled);
  });

  it('when one that should have ended never did', () => {
    expect(judge(anEvidence({ flinkJobs: change(SOUND.flinkJobs, flinkId(J1), { endedAt: undefined } as never) })).doubled).toHaveLength(2);
  });

  it('but not when they are of two Deployments', () => {
    const jobs = change(SOUND.jobs, J1, { deploymentId: 'other' });
    const together = [[flinkId(J1), flinkId(J2)]] as const;
    expect(judge(anEvidence({ jobs, sightings: { looks: 1, together } })).doubled).toEqual([]);
  });
});

describe('an invariant is violated', () => {
  const deployment = (over: object): Partial<Evidence> => ({ deployments: SOUND.deployments.map((each) => ({ ...each, ...over })) });
  const cases: readonly (readonly [string, Partial<Evidence>, string])[] = [
    ['when a Job FAILED, which is a spent attempt', { jobs: change(SOUND.jobs, J2, { state: 'FAILED' }) }, `Job ${J2} FAILED`],
    ['when an earlier Job has not ended', { jobs: change(SOUND.jobs, J2, { state: 'STARTED' }) }, 'although it has a successor'],
    ['when a version got two Jobs', { jobs: [...SOUND.jobs, aJob('01a2-4')] }, '4 Jobs for 3 versions'],
    ['when a Job has other arguments', { jobs: change(SOUND.jobs, J2, { args: '--v 9' }) }, 'runs with --v 9'],
    ['when Flink runs other arguments', { flinkJobs: change(SOUND.flinkJobs, flinkId(J2), { args: ['--v', '9'] }) }, 'Flink runs 01a22 with --v 9'],
    ['when a Savepoint FAILED', { savepoints: [...SOUND.savepoints, { ...aSavepoint(J1), id: 'x', state: 'FAILED' }] }, 'Savepoint x of Job 01a2-1 is FAILED'],
    ['when Flink ran what drey did not record', { flinkJobs: [...SOUND.flinkJobs, aFlinkJob('01a2-9', 90)] }, 'which is no Job of drey'],
    ['when Flink never saw a Job', { flinkJobs: SOUND.flinkJobs.slice(1) }, `Flink never ran Job ${J1}`],
    ['when a job did not end by its stop', { flinkJobs: change(SOUND.flinkJobs, flinkId(J1), { status: 'CANCELED' }) }, 'but Flink says CANCELED'],
    ['when checkpoints count backwards', { flinkJobs: change(SOUND.flinkJobs, flinkId(J3), { newestCheckpointId: 11 }) }, 'counts back to 11'],
    ['when the Deployment does not run', deployment({ state: 'FAILED', because: 'no reason' }), 'is FAILED: no reason'],
    ['when it is not settled', deployment({ settled: false }), 'is RUNNING: fine'],
    ['when it names an older Job', deployment({ jobId: J2 }), 'says that 01a2-2 runs'],
    ['when the Deployment is gone', { deployments: [] }, 'the Deployment is gone'],
    ['when an upgrade was given up', { asked: SOUND.asked.map((each) => ({ ...each, stuck: 'too long' })) }, 'given up: too long'],
    ['when the watcher was blind', { sightings: { looks: 0, together: [] } }, 'never saw Flink'],
  ];
  it.each(cases)('%s', (_, over, sentence) => {
    expect(judge(anEvidence(over)).violations.join('\n')).toContain(sentence);
  });
});
