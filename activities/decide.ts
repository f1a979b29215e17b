// decide: look at Flink, then in one short transaction let `plan` choose, and write status, events and the intent.
// The look happens before the lock; the row version read before it proves that nothing of this Deployment moved since.
import { assembleView } from '../domain/assemble-view.ts';
import type { Deployment, DeploymentStatus } from '../domain/deployment.ts';
import { learn, liveJob } from '../domain/learn.ts';
import { isTerminal, type Job } from '../domain/job.ts';
import { sameJson } from '../domain/json.ts';
import { narrate } from '../domain/narrate.ts';
import { plan } from '../domain/plan.ts';
import { everHadState } from '../domain/restore.ts';
import { statusAfter } from '../domain/status.ts';
import { forHistory, type Step } from '../domain/step.ts';
import type { Look, View } from '../domain/view.ts';
import type { DeploymentRecord, Tx } from '../store/store.ts';
import { announceChanges } from './announce-changes.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { moved } from './failures.ts';
import { intend } from './intend.ts';
import { lookAtJob } from './look-at-job.ts';
import { lockedOrThrow } from './turn.ts';

const TRIES = 5;

/** What the workflow does next; `gone` when the Deployment was deleted. */
export type Decision = Step | { readonly kind: 'gone' };

export async function decide(deps: ActivityDeps, order: Order & { readonly workflowRunId: string }): Promise<Decision> {
  const { store } = deps;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await store.deployments.findById(store.read, order.id);
    if (before === undefined) return { kind: 'gone' };
    const looked = (await store.jobs.ofDeployment(store.read, order.id)).find((job) => !isTerminal(job));
    const look = await lookAtJob(deps, looked);
    const step = await store.transaction(async (tx) => {
      const locked = await store.deployments.lockForRun(tx, order.id, order.fence, before.rowVersion);
      if (locked.kind === 'moved') return undefined;
      return decideLocked(deps, tx, { deployment: lockedOrThrow(locked), look, workflowRunId: order.workflowRunId });
    });
    if (step === undefined) continue;
    if (deps.announce !== undefined) await announceChanges(deps);
    return forHistory(step);
  }
  throw moved();
}

interface Looked {
  readonly deployment: Deployment;
  readonly look: Look;
  readonly workflowRunId: string;
}

async function decideLocked(deps: ActivityDeps, tx: Tx, { deployment, look, workflowRunId }: Looked): Promise<Step> {
  const { store } = deps;
  const now = await store.now(tx);
  const read = assembleView(await store.rowsOf(tx, deployment), { local: deps.flink.local, look, policy: deps.policy, newId: store.newId });
  const before = liveJob(read);
  const view = await withLearned(deps, tx, { read, before, now });
  const step = plan(view, now);
  const status = statusAfter(view, step, now);
  await intend(deps, tx, { view, step, now });
  await store.deployments.record(tx, deployment.id, { ...recordOf(view, step, { status, now }), ...(everHadState(view) ? { hadState: true } : {}) });
  const events = narrate(view, step, { before, status }).map((draft) => ({ ...draft, workflowRunId }));
  if (events.length > 0) await store.events.append(tx, deployment.namespace, events);
  return step;
}

/** Writes what the look proved, and shows it to `plan`. */
async function withLearned(
  deps: ActivityDeps,
  tx: Tx,
  { read, before, now }: { readonly read: View; readonly before: Job | undefined; readonly now: number },
): Promise<View> {
  if (before === undefined) return read;
  const learned = learn(before, read.look, { now, policy: read.policy });
  if (Object.keys(learned).length === 0) return read;
  await deps.store.jobs.change(tx, before.id, learned);
  // Over the Job of the view, which knows what the watch saw besides.
  return { ...read, jobs: read.jobs.map((job) => (job.id === before.id ? { ...before, ...learned } : job)) };
}

function recordOf({ deployment }: View, step: Step, { status, now }: { readonly status: DeploymentStatus; readonly now: number }): DeploymentRecord {
  const changed = sameJson(status, deployment.status) ? {} : { status, from: deployment.status.state };
  if (step.kind === 'giveUp') return { ...changed, failedSpecVersion: deployment.specVersion };
  if (step.kind !== 'rest') return changed;
  return { ...changed, settledVersion: deployment.intentVersion, wakeAt: step.wakeInMs === undefined ? null : now + step.wakeInMs };
}
