// What would happen with a Deployment: as it stands, or after a write that is only rehearsed. Reads the store only; what is seen of Flink is
// what was last recorded of it.
import { assembleView } from '../domain/assemble-view.ts';
import { changeAhead, changeByWrite } from '../domain/deployment-change.ts';
import type { Deployment } from '../domain/deployment.ts';
import { foresee } from '../domain/foresee.ts';
import { isTerminal } from '../domain/job.ts';
import { recordedLook } from '../domain/recorded-look.ts';
import { DEFAULT_POLICY, type View } from '../domain/view.ts';
import type { Tx } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';
import { mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { type DeploymentPlan, presentPlan } from './present-plan.ts';
import { warnOfSpec } from './warnings.ts';

export const planDeployment: Handler<'planDeployment'> = async ({ params: { namespace, name } }, deps) => {
  const { store } = deps;
  const plan = await store.transaction(async (tx): Promise<DeploymentPlan> => {
    const deployment = mustExist(await store.deployments.find(tx, namespace, name), 'Deployment', name);
    const now = await store.now(tx);
    const view = await readRecorded(deps, tx, deployment);
    return { deployment, now, ...changeAhead(view), foresight: foresee(view, now) };
  });
  return { code: 200, body: presentPlan(plan, await warnOfSpec(deps, plan.deployment)) };
};

interface Written {
  /** Undefined when the write creates it. */
  readonly before?: Deployment;
  readonly after: Deployment;
}

/** Does the write and takes it back: what it would refuse it refuses, what it would store is what is planned for. */
export async function rehearse(deps: FunctionDeps, write: (tx: Tx) => Promise<Written>) {
  const plan = await rolledBack(deps, async (tx): Promise<DeploymentPlan> => {
    const { before, after: deployment } = await write(tx);
    const now = await deps.store.now(tx);
    return { deployment, now, ...changeByWrite(before, deployment), foresight: foresee(await readRecorded(deps, tx, deployment), now) };
  });
  const warnings = await warnOfSpec(deps, plan.deployment);
  return { code: 200 as const, body: presentPlan(plan, warnings), warnings };
}

class Rehearsed extends Error {
  readonly plan: DeploymentPlan;

  constructor(plan: DeploymentPlan) {
    super('a rehearsal is rolled back');
    this.plan = plan;
  }
}

/** An error is the one way out of a transaction that keeps nothing of it. */
async function rolledBack({ store }: FunctionDeps, work: (tx: Tx) => Promise<DeploymentPlan>): Promise<DeploymentPlan> {
  const ended: unknown = await store
    .transaction(async (tx) => {
      throw new Rehearsed(await work(tx));
    })
    .catch((error: unknown) => error);
  if (ended instanceof Rehearsed) return ended.plan;
  throw ended;
}

async function readRecorded({ store, flink }: FunctionDeps, tx: Tx, deployment: Deployment): Promise<View> {
  const rows = await store.rowsOf(tx, deployment);
  const job = rows.jobs.find((each) => !isTerminal(each));
  const look = recordedLook({ job, seen: rows.seen.find(({ jobId }) => jobId === job?.id), conditions: deployment.status.conditions });
  return assembleView(rows, { local: flink.local, look, policy: DEFAULT_POLICY, newId: store.newId });
}
