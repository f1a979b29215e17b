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
import { distinct, type DryRun, dryRuns, held, outcomeOf } from './kill-everywhere.ts';
import { type Transition, TRANSITIONS } from './transitions.ts';
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

/** Each kind with the point in its middle, right after an effect where it has one. */
interface Kind {
  readonly transition: Transition;
  readonly model: Records;
  readonly point: Point;
}

const kinds: Kind[] = [];

function toKind(transition: Transition, { passed, model }: DryRun): Kind {
  const points = distinct(passed);
  const effects = points.filter(({ at }) => at === 'after-effect');
  const candidates = effects.length > 0 ? effects : points;
  return { transition, model, point: candidates[Math.floor(candidates.length / 2)] as Point };
}

/** One Deployment of each kind, each held in the middle of its transition. */
async function allKindsUnderWay(worker: ChildWorker, prefix: string): Promise<readonly DeploymentId[]> {
  if (kinds.length === 0) kinds.push(...(await dryRuns(lab, worker, KINDS)).map((run, i) => toKind(KINDS[i] as Transition, run)));
  const names = kinds.map((_, i) => `${prefix}-${i}`);
  const transitions = new Map(kinds.map(({ transition }, i) => [names[i] as string, transition]));
  const ids = await held(lab, worker, { transitions, holdAt: new Map(kinds.map(({ point }, i) => [names[i] as string, point])) });
  return names.map((name) => ids.get(name) as DeploymentId);
}

async function allEndWell(ids: readonly DeploymentId[]): Promise<void> {
  for (const [i, { transition, point, model }] of kinds.entries()) {
    const id = ids[i] as DeploymentId;
    const records = await lab.untilSettled(id, transition.isOver);
    expect(outcomeOf(records), `${transition.title}, at ${asText(point)}`).toEqual(outcomeOf(model));
    await assertInvariants(lab.platform.store, id, lab.sims());
  }
}

describe('every kind of transition', () => {
  it("outlives Temporal's server, killed -9 and started again on its file", async () => {
    const worker = await lab.startWorker();
    const ids = await allKindsUnderWay(worker, 'temporal');
    process.kill(temporal.process.pid, 'SIGKILL');
    await worker.release();
    const again = await startTemporal({ ...order, binary: inject('temporalBinary') });
    expect([again.adopted, again.address]).toEqual([false, temporal.address]);
    temporal = again;
    await allEndWell(ids);
  }, 300_000);

  it('outlives PostgreSQL, killed -9 and started again on its data', async () => {
    const worker = await lab.startWorker();
    const ids = await allKindsUnderWay(worker, 'postgres');
    await postgres.kill();
    await worker.release();
    await postgres.startAgain();
    await allEndWell(ids);
  }, 300_000);
});
