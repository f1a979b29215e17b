// The invariants of scenarios.md that a world can break, each by its number there. A sentence for each that is broken.
import type { EventName } from '../../../domain/event.ts';
import { isTerminal, type Job } from '../../../domain/job.ts';
import { liveJob } from '../../../domain/learn.ts';
import type { Step } from '../../../domain/step.ts';
import type { World } from './a-world.ts';
import { liveJobs, type Snapshot } from './fake-flink.ts';

export type Before = Pick<World, 'deployment' | 'jobs' | 'savepoints'> & { readonly snapshots: ReadonlyMap<string, Snapshot> };

export const before = ({ deployment, jobs, savepoints, flink }: World): Before => ({ deployment, jobs, savepoints, snapshots: new Map(flink.snapshots) });

/** What the last happening broke. */
export function broken(world: World, was: Before): readonly string[] {
  return [oneJob(world), ...[restoresNewest, safeStop, noOlderVersion, bounded, terminalStays].map((law) => law(world, was)), explained(world)].filter(
    (sentence) => sentence !== undefined,
  );
}

/** 1. */
function oneJob({ jobs, flink }: World): string | undefined {
  if (jobs.filter((job) => !isTerminal(job)).length > 1) return '1: two live Jobs';
  if (liveJobs(flink).length > 1) return '1: two jobs run at Flink';
  if (liveJobs(flink).some(({ id }) => !jobs.some((job) => job.id === id && !isTerminal(job)))) return '1: a job runs whose Job is terminal';
  return undefined;
}

/** 3. A new Job starts from the newest state that its strategy allows, and empty only if there never was any, or the user wants it so. */
function restoresNewest({ jobs, deployment }: World, was: Before): string | undefined {
  const [made] = jobs;
  if (made === undefined || was.jobs.some(({ id }) => id === made.id)) return undefined;
  const { kind } = deployment.spec.restoreStrategy;
  const known = [...was.snapshots].filter(([, snapshot]) => snapshot.isVoid !== true && !isGivenUp(snapshot, was.jobs));
  if (made.restore === undefined && deployment.annotations['drey.dev/require-state'] === 'true' && (was.deployment.hadState || known.length > 0))
    return '3: started without state although state is required';
  if (kind === 'NONE') return made.restore === undefined ? undefined : '3: NONE restored something';
  const allowed = known.filter(([, snapshot]) => kind === 'LATEST_STATE' || snapshot.kind === 'savepoint');
  if (allowed.length === 0 && known.length > 0) return '3: started without state although a retained checkpoint is there';
  const newest = allowed.reduce<[string, Snapshot] | undefined>((best, one) => (best === undefined || one[1].at > best[1].at ? one : best), undefined);
  if (newest?.[1].vanished === true) return `3: started although the newest state, ${newest[0]}, cannot be found`;
  if (newest?.[0] === made.restore?.location) return undefined;
  return `3: started from ${made.restore?.location ?? 'nothing'}, not from ${newest?.[0] ?? 'nothing'}`;
}

/** It is lost, and the user has wanted a start without it since (empty, or from a Savepoint): that job has made state of its own. */
function isGivenUp({ vanished, of }: Snapshot, jobs: readonly Job[]): boolean {
  const since = jobs.slice(
    0,
    Math.max(
      0,
      jobs.findIndex(({ id }) => id === of),
    ),
  );
  return vanished === true && since.some(({ hadState }) => hadState);
}

/** 4. A Deployment is not RUNNING while Flink shows that its job restored something else than the Job names, or older state than is known. */
export function restsOnAWrongRestore({ flink, step, jobs }: World): string | undefined {
  const job = liveJob({ jobs });
  const seen = job === undefined || !flink.answers ? undefined : flink.jobs.get(job.id);
  if (job === undefined || seen === undefined || step?.kind !== 'rest' || step.phase !== 'RUNNING') return undefined;
  return seen.isWrong && seen.tasksRun ? '4: RUNNING on other state than was meant' : undefined;
}

/** 5. A job that was not to be cancelled ends through a completed savepoint of its own. */
function safeStop({ jobs, savepoints, flink }: World, was: Before): string | undefined {
  const closed = jobs.find((job) => isTerminal(job) && was.jobs.some(({ id, state }) => id === job.id && !isTerminal({ state })));
  if (closed?.state !== 'TERMINATED' || closed.cancelling !== undefined || closed.end?.how !== 'FINISHED') return undefined;
  if (closed.end.stoppedWith?.location?.startsWith('their') === true) return undefined;
  const saved = savepoints.some((s) => s.jobId === closed.id && s.origin === 'SUSPEND' && s.state === 'COMPLETED' && flink.snapshots.has(s.location ?? ''));
  return saved ? undefined : '5: a Job is TERMINATED by a stop without its savepoint';
}

/** 5 and 8, as they are decided: which spec allows which end. A cancel that has begun is carried on, so only its first decision counts. */
export function brokenByStep({ flink }: World, step: Step, was: Before): string | undefined {
  const job = liveJob(was);
  if (step.kind !== 'cancelJob' || job === undefined || job.cancelling !== undefined) return undefined;
  const { state, upgradeStrategy } = was.deployment.spec;
  if (!flink.answers && step.force !== true) return `8: ended as ${step.reason} by silence`;
  if (step.reason === 'CANCELLED' && state !== 'CANCELLED') return `5: cancelled although ${state} is desired`;
  if (step.reason === 'STATELESS' && (state !== 'RUNNING' || upgradeStrategy.kind !== 'STATELESS'))
    return `5: ended as STATELESS under ${upgradeStrategy.kind}, desired ${state}`;
  if (step.reason === 'NEVER_RAN' && (flink.jobs.get(job.id)?.completed ?? 0) > 0) return '5: ended as NEVER_RAN although it has state';
  return undefined;
}

/** 6, second sentence. */
function noOlderVersion({ jobs }: World): string | undefined {
  return jobs.every((job, i) => job.specVersion >= (jobs[i + 1]?.specVersion ?? 0)) ? undefined : '6: a Job of an older version';
}

/** 7. */
function bounded({ deployment, jobs, savepoints }: World, was: Before): string | undefined {
  const { spec, specVersion, status } = deployment;
  if (countFailed(jobs, specVersion) > spec.maxJobCreationAttempts) return '7: too many attempts to start';
  const stops = savepoints.filter((s) => s.origin === 'SUSPEND' && s.specVersion === specVersion);
  const done = stops.findIndex((s) => s.state === 'COMPLETED');
  const failed = (done === -1 ? stops : stops.slice(0, done)).filter((s) => s.state === 'FAILED').length;
  if (failed > spec.maxSavepointCreationAttempts) return '7: too many attempts to suspend';
  const left = was.deployment.status.state === 'FAILED' && status.state !== 'FAILED' && was.deployment.failedSpecVersion === specVersion;
  return left ? '7: FAILED was left without an edit' : undefined;
}

function countFailed(jobs: readonly Job[], specVersion: number): number {
  const stable = jobs.findIndex((job) => job.stable);
  const since = stable === -1 ? jobs : jobs.slice(0, stable);
  return since.filter((job) => job.specVersion === specVersion && job.state === 'FAILED').length;
}

/** 9. */
function terminalStays({ jobs }: World, was: Before): string | undefined {
  const changed = was.jobs.find((job) => isTerminal(job) && jobs.find(({ id }) => id === job.id) !== job);
  return changed === undefined ? undefined : '9: a terminal Job changed';
}

const CLOSINGS: readonly EventName[] = [
  'STATE_TRANSITION_IS_COMPLETED',
  'TRANSITIONED_TO_FINISHED_STATE',
  'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS',
  'TOO_MANY_FAILED_SUSPENSION_ATTEMPTS',
  'GENERAL_FAILURE',
];

/** 13. Every opening has one closing: none follows another without one between, and at a rest none is open. */
function explained({ events, deployment }: World): string | undefined {
  const told = events.slice(-40).filter((name) => name === 'STATE_TRANSITION_IS_NEEDED' || CLOSINGS.includes(name));
  if (told.some((name, i) => name === told[i + 1] && name === 'STATE_TRANSITION_IS_NEEDED')) return '13: two openings without a closing';
  const open = told.at(-1) === 'STATE_TRANSITION_IS_NEEDED';
  if (open && deployment.status.state !== 'TRANSITIONING') return `13: at rest in ${deployment.status.state} with an open transition`;
  if (!open && deployment.status.transitioningSince !== undefined) return '13: moving without an opening';
  return undefined;
}
