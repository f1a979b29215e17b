// Row B9: a worker that is cut off at any point of an upgrade comes back after another one took over. On PostgreSQL, two processes with
// connections of their own: what the first one still holds is refused, and Flink hears nothing new of it.
import { afterEach, describe, expect, it } from 'vitest';
import type { Job } from '../../domain/job.ts';
import { assertInvariants, type Records } from '../fixtures/check-invariants.ts';
import type { CrashLab } from './crash-lab.ts';
import { distinct, dryRun, heldAtOnce, outcomeOf } from './kill-everywhere.ts';
import { STATEFUL_UPGRADE } from './transitions.ts';
import { withCrashLab } from './with-crash-lab.ts';
import { asText, type Point } from './worker-orders.ts';

describe.each(['application', 'session'] as const)('two workers on one Deployment, in %s mode', (mode) => {
  let lab: CrashLab;
  withCrashLab(mode, (own) => (lab = own));
  afterEach(() => lab.killWorkers());

  /** Everything that changes something at Flink, without what tells two uploads apart. */
  const sent = (): readonly string[] =>
    lab
      .sims()
      .flatMap(({ requests }) => requests.filter(({ method }) => method !== 'GET'))
      .map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body['triggerId'])}`);

  /** Holds each Deployment of the first worker at its point, lets a second one finish, and lets the first one go on. Returns what Flink heard then. */
  async function takeOver(
    prefix: string,
    isMeant: (point: Point) => boolean,
  ): Promise<{ readonly before: readonly string[]; readonly after: readonly string[] }> {
    const first = await lab.startWorker();
    const { passed, model } = await dryRun(lab, first, STATEFUL_UPGRADE);
    const points = distinct(passed).filter(isMeant);
    const names = new Map(points.map((point, i) => [`${prefix}-${i}`, point]));
    const ids = await heldAtOnce(lab, first, { transition: STATEFUL_UPGRADE, names });
    first.freeze();
    await lab.startWorker();
    const settled = new Map<string, Records>();
    for (const [name, id] of ids) settled.set(name, await lab.untilSettled(id, STATEFUL_UPGRADE.isOver));
    const before = sent();
    first.thaw();
    await first.release();
    for (const [name, id] of ids) {
      const where = asText(names.get(name) as Point);
      const records = await lab.records(id);
      expect(outcomeOf(records), `cut off at ${where}`).toEqual(outcomeOf(model));
      expect(changing(records), `cut off at ${where}`).toEqual(changing(settled.get(name) as Records));
      await assertInvariants(lab.platform.store, id, lab.sims());
    }
    return { before, after: sent().slice(before.length) };
  }

  it('B9 a worker cut off before its claim sends nothing to Flink when it comes back, and writes nothing', async () => {
    const isBeforeClaim = ({ at }: Point): boolean => at === 'before-claim' || at === 'begin';
    expect((await takeOver('before', isBeforeClaim)).after).toEqual([]);
  }, 300_000);

  it('B9 a worker cut off between claim and record writes nothing when it comes back, and at most repeats what Flink has had', async () => {
    const isAfterClaim = ({ at }: Point): boolean => at === 'after-claim' || at.startsWith('after-effect');
    const { before, after } = await takeOver('after', isAfterClaim);
    expect(after.filter((request) => !before.includes(request))).toEqual([]);
  }, 300_000);
});

/** What a decision of the same run may not change by being made again; it may note what it saw just now. */
function changing({ deployment, jobs, savepoints, events }: Records): object {
  const stateOf = ({ id, state, submit, openCalls, end, jarId, restore }: Job): object => ({ id, state, submit, openCalls, end, jarId, restore });
  return { state: deployment.status.state, jobs: jobs.map(stateOf), savepoints, events };
}
