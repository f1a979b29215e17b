// What the Job that a foresight ends with starts from, and what may surprise about it. Tells; chooses nothing.
import type { Foreseen, Foresight } from './foresee.ts';
import type { Instant } from './instant.ts';
import { isTerminal, type Job } from './job.ts';
import { chooseRestore, newestFor, usableOf } from './restore.ts';
import type { Savepoint } from './savepoint.ts';
import { describeSource, describeStart, isOfOtherVersion, OTHER_VERSION } from './source.ts';
import type { Step } from './step.ts';

export interface ForeseenStart {
  readonly savepoint: Savepoint;
  readonly why: string;
  /** How much would be processed again: from the moment its state was captured to the start. */
  readonly ageMs: number;
}

/** Something that happens as the user asked, and may surprise. */
export interface Notice {
  readonly reason: string;
  readonly message: string;
}

type Start = Extract<Step, { kind: 'fetchArtifact' | 'submitJob' | 'awaitRunning' }>;
type Starting = Omit<Foreseen, 'step'> & { readonly step: Start; readonly job: Job };

/** Undefined when no Job starts, or one starts without state. */
export function foreseenStart(foresight: Foresight): ForeseenStart | undefined {
  const starting = startingIn(foresight);
  const savepoint = sourceOf(foresight, starting);
  if (starting === undefined || savepoint === undefined) return undefined;
  return { savepoint, why: whyChosen(starting, savepoint), ageMs: Math.max(0, starting.now - savepoint.capturedAt) };
}

export function noticesOf(foresight: Foresight): readonly Notice[] {
  const starting = startingIn(foresight);
  if (starting === undefined) return [];
  const source = sourceOf(foresight, starting);
  return [...ofOtherVersion(starting, source), ...startsEmpty(starting), ...notUsed(starting, source)];
}

/** The making of the Job that lives at the end, else the step that brings it up. */
function startingIn({ steps, end }: Foresight): Starting | undefined {
  const job = end.jobs.find((each) => !isTerminal(each));
  const starts = steps.flatMap(({ step, view, now }) => (isStart(step) && step.jobId === job?.id ? [{ step, view, now, job }] : []));
  return starts[0];
}

function isStart(step: Step): step is Start {
  return step.kind === 'fetchArtifact' || step.kind === 'submitJob' || step.kind === 'awaitRunning';
}

function sourceOf({ end }: Foresight, starting: Starting | undefined): Savepoint | undefined {
  return end.savepoints.find((s) => s.id === starting?.job.restore?.savepointId);
}

function whyChosen({ step, view }: Starting, savepoint: Savepoint): string {
  const { kind } = view.deployment.spec.restoreStrategy;
  if (step.kind !== 'fetchArtifact' || step.create === undefined) return 'it was chosen when the Job was made';
  if (kind === 'NONE' || newestFor(kind, usableOf(view))?.id !== savepoint.id) return 'a retry starts from what the attempt that failed was to start from';
  return kind === 'LATEST_STATE'
    ? 'restoreStrategy LATEST_STATE: it holds the newest state there is'
    : 'restoreStrategy LATEST_SAVEPOINT: it is the newest Savepoint; checkpoints are not used';
}

function ofOtherVersion({ view, job }: Starting, source: Savepoint | undefined): readonly Notice[] {
  if (source === undefined || !isOfOtherVersion(view, source, job.template)) return [];
  return [{ reason: 'CHECKPOINT_OF_OTHER_VERSION', message: OTHER_VERSION }];
}

/** Only where there was state before. */
function startsEmpty({ step, view, now }: Starting): readonly Notice[] {
  if (step.kind !== 'fetchArtifact' || step.create?.restoreFrom !== null) return [];
  const choice = chooseRestore(view);
  return choice.kind === 'empty' && choice.why !== 'FIRST_START' ? [{ reason: choice.why, message: describeStart(choice, now) }] : [];
}

/** Whoever registers a Savepoint means it to be restored (scenario A16). */
function notUsed({ step, view, now }: Starting, source: Savepoint | undefined): readonly Notice[] {
  if (step.kind !== 'fetchArtifact' || step.create === undefined) return [];
  const since = view.jobs[0]?.createdAt ?? 0;
  const registered = view.savepoints.filter((s) => s.origin === 'COPIED' && s.jobId === undefined && s.state === 'COMPLETED' && s.createdAt > since);
  const instead = whyNot(source, now);
  return registered
    .filter(({ id }) => id !== source?.id)
    .map(({ id }) => ({ reason: 'REGISTERED_SAVEPOINT_NOT_USED', message: `the registered Savepoint ${id} is not used: ${instead}` }));
}

function whyNot(source: Savepoint | undefined, now: Instant): string {
  return source === undefined ? 'the restoreStrategy starts without state' : `${describeSource(source, now)}, holds newer state`;
}
