// The verdict of the fault benchmark: what was lost, what was doubled, what else broke a rule; one sentence each. Pure. It believes Flink
// about what ran and what was restored, and drey only where it says what it did itself.
import type { AskedDeployment, DeploymentRecord, Evidence, FlinkJobRecord, JobRecord, SavepointRecord } from './chaos-records.ts';

export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly violations: readonly string[];
}

const TERMINAL = ['TERMINATED', 'FINISHED', 'FAILED'];

const toFlinkId = (jobId: string): string => jobId.replaceAll('-', '');

/** `file:/a`, `file:///a` and `file:/a/` are one place. */
function place(location: string | undefined): string | undefined {
  return location?.replace(/^file:\/*/, 'file:/').replace(/\/+$/, '');
}

export function judge(evidence: Evidence): Verdict {
  const chains = evidence.asked.map((asked) => chainOf(evidence, asked));
  return {
    lost: [...chains.flatMap((chain) => lostBetween(evidence, chain.jobs)), ...unrecordedSavepoints(evidence)],
    doubled: findDoubled(evidence),
    violations: [...chains.flatMap(violationsOf), ...unlike(evidence), ...failedSavepoints(evidence)],
  };
}

interface Chain {
  readonly asked: AskedDeployment;
  readonly deployment: DeploymentRecord | undefined;
  /** Oldest first. */
  readonly jobs: readonly JobRecord[];
}

function chainOf({ deployments, jobs }: Evidence, asked: AskedDeployment): Chain {
  const deployment = deployments.find(({ name }) => name === asked.name);
  const own = jobs.filter(({ deploymentId }) => deploymentId === deployment?.id);
  return { asked, deployment, jobs: [...own].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/** Each Job continues exactly where the one before it stopped: by drey's record, by Flink's restored path, and by Flink's own counting. */
function lostBetween(evidence: Evidence, jobs: readonly JobRecord[]): readonly string[] {
  return jobs.slice(1).flatMap((job, i) => {
    const before = jobs[i];
    if (before === undefined) return [];
    const fault = restoreFault(evidence, before, job);
    return fault === undefined ? [] : [`Job ${job.id} after ${before.id}: ${fault}`];
  });
}

function restoreFault({ savepoints, flinkJobs }: Evidence, before: JobRecord, job: JobRecord): string | undefined {
  const taken = savepoints.filter(({ jobId, state, origin }) => jobId === before.id && state === 'COMPLETED' && origin === 'SUSPEND');
  const source = place(job.savepointLocation);
  if (taken.length !== 1) return `its predecessor has ${taken.length} completed SUSPEND Savepoints instead of one`;
  if (source === undefined) return 'it was started without state';
  if (source !== place(taken[0]?.location)) return `it was started from ${source}, not from its predecessor's SUSPEND Savepoint`;
  const [seen, seenBefore] = [job, before].map(({ id }) => flinkJobs.find((flinkJob) => flinkJob.id === toFlinkId(id)));
  if (seen?.restored === undefined) return 'Flink says that it restored nothing';
  if (place(seen.restored.location) !== source) return `Flink says that it restored ${seen.restored.location}, not ${source}`;
  if (seen.restored.checkpointId !== seenBefore?.newestCheckpointId)
    return `it restored checkpoint ${seen.restored.checkpointId}, but its predecessor had come to ${seenBefore?.newestCheckpointId}`;
  return undefined;
}

function unrecordedSavepoints({ savepoints, flinkJobs }: Evidence): readonly string[] {
  const known = new Set(savepoints.filter(({ state }) => state === 'COMPLETED').map(({ location }) => place(location)));
  return flinkJobs.flatMap((job) =>
    job.savepoints
      .filter(({ location }) => !known.has(place(location)))
      .map(({ location }) => `Flink completed ${location} for ${job.id}, and no completed Savepoint names it`),
  );
}

/** Two Flink jobs of one Deployment alive at once: seen by the watcher, or by Flink's own times. */
function findDoubled({ jobs, flinkJobs, sightings }: Evidence): readonly string[] {
  const deploymentOf = new Map(jobs.map(({ id, deploymentId }) => [toFlinkId(id), deploymentId]));
  const sameDeployment = (a: string, b: string): boolean => deploymentOf.has(a) && deploymentOf.get(a) === deploymentOf.get(b);
  const pairs = new Set(sightings.together.filter(([a, b]) => sameDeployment(a, b)).map(([a, b]) => [a, b].sort().join(' and ')));
  const inOrder = [...flinkJobs].sort((a, b) => a.startedAt - b.startedAt);
  for (const [i, job] of inOrder.entries()) {
    for (const later of inOrder.slice(i + 1)) {
      if (sameDeployment(job.id, later.id) && later.startedAt < (job.endedAt ?? Number.POSITIVE_INFINITY)) pairs.add([job.id, later.id].sort().join(' and '));
    }
  }
  return [...pairs].map((pair) => `Flink jobs ${pair} of one Deployment were alive at once`);
}

function violationsOf({ asked, deployment, jobs }: Chain): readonly string[] {
  const { name, args, stuck } = asked;
  if (deployment === undefined) return [`${name}: the Deployment is gone`];
  const faults = stuck === undefined ? [] : [`given up: ${stuck}`];
  const last = jobs.at(-1);
  if (jobs.length !== args.length) faults.push(`${jobs.length} Jobs for ${args.length} versions`);
  for (const [i, job] of jobs.entries()) {
    if (job.state === 'FAILED') faults.push(`Job ${job.id} FAILED`);
    if (job !== last && !TERMINAL.includes(job.state)) faults.push(`Job ${job.id} is ${job.state} although it has a successor`);
    if (job.args !== args[i]) faults.push(`Job ${job.id} runs with ${job.args} where ${args[i]} was asked for`);
  }
  if (deployment.state !== 'RUNNING' || !deployment.settled) faults.push(`is ${deployment.state}: ${deployment.because}`);
  if (deployment.jobId !== last?.id || last?.state !== 'STARTED')
    faults.push(`says that ${deployment.jobId} runs, but its newest Job is ${last?.id}, ${last?.state}`);
  return faults.map((fault) => `${name}: ${fault}`);
}

/** Where drey's list of Jobs and Flink's differ. */
function unlike({ jobs, flinkJobs, sightings }: Evidence): readonly string[] {
  const byId = new Map(flinkJobs.map((job) => [job.id, job]));
  const recorded = new Set(jobs.map(({ id }) => toFlinkId(id)));
  return [
    ...(sightings.looks === 0 ? ['the watcher never saw Flink'] : []),
    ...flinkJobs.filter(({ id }) => !recorded.has(id)).map(({ id }) => `Flink ran ${id}, which is no Job of drey's`),
    ...jobs.flatMap((job) => differences(job, byId.get(toFlinkId(job.id)))),
  ];
}

function differences(job: JobRecord, seen: FlinkJobRecord | undefined): readonly string[] {
  if (seen === undefined) return [`Flink never ran Job ${job.id}`];
  const faults: string[] = [];
  const expected = TERMINAL.includes(job.state) ? 'FINISHED' : 'RUNNING';
  if (seen.status !== expected) faults.push(`Job ${job.id} is ${job.state}, but Flink says ${seen.status}`);
  if (seen.args !== undefined && seen.args.join(' ') !== job.args) faults.push(`Flink runs ${seen.id} with ${seen.args.join(' ')}, drey says ${job.args}`);
  if (seen.restored !== undefined && (seen.newestCheckpointId ?? Number.POSITIVE_INFINITY) <= seen.restored.checkpointId)
    faults.push(`Job ${job.id} restored checkpoint ${seen.restored.checkpointId} and counts back to ${seen.newestCheckpointId}`);
  return faults;
}

function failedSavepoints({ savepoints }: Evidence): readonly string[] {
  return savepoints.filter(({ state }: SavepointRecord) => state !== 'COMPLETED').map(({ id, jobId, state }) => `Savepoint ${id} of Job ${jobId} is ${state}`);
}
