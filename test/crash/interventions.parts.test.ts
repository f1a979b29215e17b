// What an operator may do to a run in Temporal's UI, at each boundary of the activities of a STATEFUL upgrade: terminate it, reset it to
// its first workflow task, request its cancellation. Each is safe, also between the stop of the old job and the start of the new one.
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { DeploymentId } from '../../domain/ids.ts';
import { deploymentWorkflowId } from '../../workflows/contract.ts';
import { assertInvariants } from '../fixtures/check-invariants.ts';
import type { ChildWorker } from './child-worker.ts';
import type { CrashLab } from './crash-lab.ts';
import { distinct, dryRun, heldAtOnce, outcomeOf } from './kill-everywhere.ts';
import { STATEFUL_UPGRADE } from './transitions.ts';
import { withCrashLab } from './with-crash-lab.ts';
import { asText, type Point } from './worker-orders.ts';

let lab: CrashLab;
withCrashLab('application', (own) => (lab = own));
afterEach(() => lab.killWorkers());

const handleOf = (name: string, id: DeploymentId) => lab.platform.client.workflow.getHandle(deploymentWorkflowId({ namespace: 'default', name, id }));

type Run = Awaited<ReturnType<ReturnType<typeof handleOf>['describe']>>;
type Deed = (run: Run) => Promise<unknown>;

const exactly = ({ workflowId, runId }: Run) => lab.platform.client.workflow.getHandle(workflowId, runId);

const terminate: Deed = (run) => exactly(run).terminate('an operator said so');
const cancel: Deed = (run) => exactly(run).cancel();

/** To the first workflow task that was completed. */
const reset: Deed = async (run) => {
  const { events } = await exactly(run).fetchHistory();
  const first = events?.find(({ workflowTaskCompletedEventAttributes: completed }) => completed !== undefined && completed !== null);
  if (first === undefined) throw new Error('there is no task to go back to');
  return lab.platform.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: run.workflowId, runId: run.runId },
    workflowTaskFinishEventId: first.eventId ?? null,
    requestId: randomUUID(),
    reason: 'an operator said so',
  });
};

/** The boundaries between activities: before the first line of each. */
const isBoundary = ({ at }: Point): boolean => at === 'begin';

interface Intervention {
  readonly deed: Deed;
  /** What the deed makes of the run it is done to. */
  readonly ending: 'TERMINATED' | 'CANCELLED';
  readonly isMeant?: (point: Point) => boolean;
  readonly goOn: (worker: ChildWorker, ids: readonly DeploymentId[]) => Promise<void>;
}

async function intervene({ deed, ending, isMeant = () => true, goOn }: Intervention): Promise<readonly string[]> {
  const worker = await lab.startWorker();
  const { passed, model } = await dryRun(lab, worker, STATEFUL_UPGRADE);
  const points = distinct(passed, isBoundary).filter(isMeant);
  const prefix = `intervened-${randomUUID().slice(0, 8)}`;
  const names = new Map(points.map((point, i) => [`${prefix}-${i}`, point]));
  const ids = await heldAtOnce(lab, worker, { transition: STATEFUL_UPGRADE, names });
  const runs = await Promise.all([...ids].map(([name, id]) => handleOf(name, id).describe()));
  await Promise.all(runs.map(deed));
  await goOn(worker, [...ids.values()]);
  for (const run of runs) expect((await exactly(run).describe()).status.name, run.workflowId).toBe(ending);
  for (const [name, id] of ids) {
    const where = asText(names.get(name) as Point);
    const records = await lab.untilSettled(id, STATEFUL_UPGRADE.isOver);
    expect(outcomeOf(records), `at ${where}`).toEqual(outcomeOf(model));
    await assertInvariants(lab.platform.store, id, lab.sims());
  }
  return points.map(asText);
}

describe('a run of a STATEFUL upgrade, at each boundary of its activities', () => {
  it('that is terminated loses nothing: the next run goes on, and what the dead one still held is refused', async () => {
    const goOn: Intervention['goOn'] = async (worker, ids) => {
      await Promise.all(ids.map((id) => lab.nudge(id)));
      await Promise.all(ids.map((id) => lab.untilSettled(id, STATEFUL_UPGRADE.isOver)));
      await worker.release();
    };
    const points = await intervene({ deed: terminate, ending: 'TERMINATED', goOn });
    expect(points).toContain('submitJob#1:begin');
  }, 300_000);

  it('that is reset to its first task loses nothing', async () => {
    const goOn: Intervention['goOn'] = async (worker, ids) => {
      await worker.release();
      await Promise.all(ids.map((id) => lab.nudge(id)));
    };
    // The fence is acquired within the first task: there is none to go back to.
    const points = await intervene({ deed: reset, ending: 'TERMINATED', isMeant: ({ activity }) => activity !== 'acquireFence', goOn });
    expect(points).toContain('submitJob#1:begin');
  }, 300_000);

  it('that is cancelled ends after the deed under way, and the next run goes on', async () => {
    const goOn: Intervention['goOn'] = async (worker, ids) => {
      await worker.release();
      // The sweep wakes whatever is not settled: a nudge to the run that is ending is lost with it.
      await Promise.all(ids.map((id) => untilEnded(id)));
      await Promise.all(ids.map((id) => lab.nudge(id)));
    };
    const points = await intervene({ deed: cancel, ending: 'CANCELLED', goOn });
    expect(points).toContain('submitJob#1:begin');
  }, 300_000);
});

async function untilEnded(id: DeploymentId): Promise<void> {
  const { deployment } = await lab.records(id);
  await expect.poll(async () => (await handleOf(deployment.name, id).describe()).status.name, { timeout: 60_000, interval: 200 }).not.toBe('RUNNING');
}
