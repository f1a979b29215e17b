// What would follow from a view: the steps of the real `plan`, each with its expected outcome, up to a rest. Pure; changes nothing,
// and knows no rule of its own.
import type { DeploymentStatus, Phase } from './deployment.ts';
import { expected } from './expected.ts';
import { type JobId, parseId, type SavepointId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';
import { learn, liveJob } from './learn.ts';
import { plan } from './plan.ts';
import { everHadState } from './restore.ts';
import { stateSafety, type StateSafe } from './state-safety.ts';
import { statusAfter } from './status.ts';
import type { Step } from './step.ts';
import type { View } from './view.ts';

/** Longer than anything that works can take; a plan that comes to no rest within it says so. */
const MOST_STEPS = 60;

/** One step to come. */
export interface Foreseen {
  readonly step: Step;
  /** What it is decided on. */
  readonly view: View;
  readonly now: Instant;
}

export interface Block {
  /** The reason of the condition UpToDate. */
  readonly reason: string;
  readonly message: string;
}

export interface Foresight {
  /** The steps to come, without the rest at the end. */
  readonly steps: readonly Foreseen[];
  readonly endsIn: Phase;
  readonly because: string;
  /** What keeps it from what the spec wants. */
  readonly blocks: readonly Block[];
  readonly stateSafe: { readonly before: StateSafe; readonly after: StateSafe };
  /** The view at the end. */
  readonly end: View;
  /** Ids that nothing has yet: the rows they stand for are made by the step of this number, counted from 1. */
  readonly toCome: ReadonlyMap<string, number>;
}

interface Turn {
  readonly view: View;
  readonly now: Instant;
  readonly step: Step;
  readonly status: DeploymentStatus;
}

export function foresee(start: View, from: Instant): Foresight {
  const steps: Foreseen[] = [];
  const toCome = new Map<string, number>();
  let turn = decide({ ...start, fresh: freshIds(1) }, from);
  while (!isLast(turn.step) && steps.length < MOST_STEPS) {
    const { view, step, now } = turn;
    steps.push({ step, view, now });
    const next = after(turn, freshIds(steps.length + 1));
    for (const id of idsIn(next.view)) if (isFresh(id) && !toCome.has(id)) toCome.set(id, steps.length);
    turn = decide(next.view, next.now);
  }
  return { ...outcomeOf(turn), steps, toCome, stateSafe: { before: stateSafety(taught(start, from)), after: stateSafety(turn.view) } };
}

/** Both end a run: a rest, and giving up. */
function isLast({ kind }: Step): boolean {
  return kind === 'rest' || kind === 'giveUp';
}

/** As activities/decide.ts does it: the look teaches, then the plan decides. */
function decide(unlearned: View, now: Instant): Turn {
  const view = taught(unlearned, now);
  const step = plan(view, now);
  return { view, now, step, status: statusAfter(view, step, now) };
}

function taught(view: View, now: Instant): View {
  const live = liveJob(view);
  if (live === undefined) return view;
  const learned: Job = { ...live, ...learn(live, view.look, { now, policy: view.policy }) };
  return { ...view, jobs: view.jobs.map((job) => (job.id === live.id ? learned : job)) };
}

function after({ view, now, step, status }: Turn, fresh: View['fresh']): { readonly view: View; readonly now: Instant } {
  const deployment = { ...view.deployment, status, hadState: everHadState(view) };
  const decided = { ...view, deployment };
  if (step.kind === 'pause') return { view: { ...decided, fresh }, now: now + step.forMs };
  if (step.kind === 'rest' || step.kind === 'giveUp') return { view: decided, now };
  return { view: { ...expected({ view: decided, step, now }, step), fresh }, now };
}

function outcomeOf({ view, step, status }: Turn): Pick<Foresight, 'endsIn' | 'because' | 'blocks' | 'end'> {
  const unmet = status.conditions.find(({ type, status: met }) => type === 'UpToDate' && met === 'False');
  const blocks = unmet === undefined ? [] : [{ reason: unmet.reason, message: unmet.message }];
  return { endsIn: status.state, because: step.because, blocks, end: view };
}

const FRESH = 'ffffffff-ffff-8fff-8fff-';

/** Ids for rows that are only supposed. */
function freshIds(n: number): View['fresh'] {
  const id = (kind: string): string => `${FRESH}${kind}${n.toString(16).padStart(11, '0')}`;
  return { jobId: parseId<'JobId'>(id('a')), savepointId: parseId<'SavepointId'>(id('b')) };
}

function isFresh(id: string): boolean {
  return id.startsWith(FRESH);
}

function idsIn({ jobs, savepoints }: View): readonly (JobId | SavepointId)[] {
  return [...jobs, ...savepoints].map(({ id }) => id);
}
