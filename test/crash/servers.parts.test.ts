// What a transition stands on is killed -9 in the middle of it and comes back on its data: Temporal's server, and PostgreSQL. Once for
// each kind of transition, all kinds at once; both servers are this test's own.
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { startTemporal, type TemporalServer } from '../../app/embedded/temporal-server.ts';
import type { DeploymentId } from '../../domain/ids.ts';
import { assertInvariants, type Records } from '../fixtures/check-invariants.ts';
import { type MortalPostgres, startMortalPostgres } from '../fixtures/postgres.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import type { ChildWorker } from './child-worker.ts';
import { type CrashLab, startCrashLab } from './crash-lab.ts';
import { distinct, dryRun, outcomeOf } from './kill-everywhere.ts';
import { prepare, type Transition, TRANSITIONS } from './transitions.ts';
import { asText, type Point } from './worker-orders.ts';

const KINDS = TRANSITIONS.filter(({ only }) => only !== 'session');
const order = { folder: temporaryFolder(), ui: false, ports: 'any' } as const;

let postgres: MortalPostgres;
let temporal: TemporalServer;
let lab: CrashLab;

beforeAll(async () => {
  postgres = await startMortalPostgres();
  temporal = await startTemporal({ ...order, binary: inject('temporalBinary') });
  lab = await startCrashLab({ mode: 'application', databaseUrl: postgres.url, temporalAddress: temporal.address });
});
afterEach(() => lab.killWorkers());
afterAll(async () => {
  await lab.stop();
  await temporal.stop();
  await postgres.stop();
});

interface UnderWay {
  readonly transition: Transition;
  readonly id: DeploymentId;
  readonly point: Point;
  readonly model: Records;
}

/** One Deployment of each kind, each held in the middle of its transition, right after an effect where it has one. */
async function allKindsUnderWay(worker: ChildWorker, prefix: string): Promise<ReadonlyMap<string, UnderWay>> {
  const kinds = new Map<string, UnderWay>();
  const begun: { readonly name: string; readonly transition: Transition; readonly model: Records; readonly point: Point }[] = [];
  for (const [i, transition] of KINDS.entries()) {
    const { passed, model } = await dryRun(lab, worker, transition);
    const points = distinct(passed);
    const effects = points.filter(({ at }) => at === 'after-effect');
    const candidates = effects.length > 0 ? effects : points;
    begun.push({ name: `${prefix}-${i}`, transition, model, point: candidates[Math.floor(candidates.length / 2)] as Point });
  }
  const prepared = await Promise.all(
    begun.filter(({ transition }) => transition.from !== 'nothing').map(async (one) => [one.name, await prepare(lab, one.transition, one.name)] as const),
  );
  await worker.arm(new Map(begun.map(({ name, point }) => [name, point])));
  const ids = new Map(prepared);
  for (const { name, transition, ...rest } of begun) {
    const id = ids.get(name) ?? (await prepare(lab, transition, name));
    kinds.set(name, { transition, id, ...rest });
    await transition.ask?.(lab, { name, id });
  }
  await worker.untilAllAreHeld(60_000);
  return kinds;
}

async function allEndWell(kinds: ReadonlyMap<string, UnderWay>): Promise<void> {
  for (const { transition, id, point, model } of kinds.values()) {
    const records = await lab.untilSettled(id, transition.isOver);
    expect(outcomeOf(records), `${transition.title}, at ${asText(point)}`).toEqual(outcomeOf(model));
    await assertInvariants(lab.platform.store, id, lab.sims());
  }
}

describe('every kind of transition', () => {
  it("outlives Temporal's server, killed -9 and started again on its file", async () => {
    const worker = await lab.startWorker();
    const kinds = await allKindsUnderWay(worker, 'temporal');
    process.kill(temporal.process.pid, 'SIGKILL');
    await worker.release();
    const again = await startTemporal({ ...order, binary: inject('temporalBinary') });
    expect([again.adopted, again.address]).toEqual([false, temporal.address]);
    temporal = again;
    await allEndWell(kinds);
  }, 300_000);

  it('outlives PostgreSQL, killed -9 and started again on its data', async () => {
    const worker = await lab.startWorker();
    const kinds = await allKindsUnderWay(worker, 'postgres');
    await postgres.kill();
    await worker.release();
    await postgres.startAgain();
    await allEndWell(kinds);
  }, 300_000);
});
