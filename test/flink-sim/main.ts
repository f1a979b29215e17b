// One simulated Flink as a process of its own, slow and uneven like a real one: prints `{"url":…,"historyUrl":…}` and lives as long as its
// parent. The history is what this Flink itself saw, and is answered at once; it must never depend on what a client believes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { liveAsChild } from '../setup/live-as-child.ts';
import type { SimJob } from './sim-job.ts';
import { type FlinkSim, startFlinkSim } from './start-flink-sim.ts';

const SLOTS = 64;
/** One step of a job's life; a start takes two. */
const STEP_MS = 100;
const ANSWER_MS = { from: 5, to: 40 };
/** Half of the run calls are carried out late, the other half answered late. */
const RUN_MS = { from: 50, to: 500 };
const SAVEPOINT_MS = { from: 100, to: 1000 };
const NEW_DICE_MS = 20;

function between({ from, to }: { readonly from: number; readonly to: number }): number {
  return Math.round(from + Math.random() * (to - from));
}

/** Every request gets a delay of its own, because the dice are thrown more often than requests come. */
function throwDice(sim: FlinkSim): void {
  sim.faults.clear();
  sim.faults.next({
    method: 'POST',
    path: /\/run$/,
    times: Number.POSITIVE_INFINITY,
    do: Math.random() < 0.5 ? 'arriveLate' : 'answerLate',
    ms: between(RUN_MS),
  });
  sim.faults.next({ times: Number.POSITIVE_INFINITY, do: 'answerLate', ms: between(ANSWER_MS) });
  sim.slowSavepoints(between(SAVEPOINT_MS));
}

function toHistory({ order, status, startedAt, endedAt, checkpointing }: SimJob): unknown {
  const { restored, taken } = checkpointing;
  return {
    id: order.id,
    status,
    startedAt,
    endedAt,
    args: order.args,
    restored: restored && { location: restored.location, checkpointId: restored.id },
    savepoints: taken.filter(({ kind }) => kind !== 'CHECKPOINT').map(({ id, location }) => ({ location, checkpointId: id })),
    newestCheckpointId: taken.at(-1)?.id,
  };
}

const sim = await startFlinkSim({ slots: SLOTS, stepMs: STEP_MS });
throwDice(sim);
setInterval(() => throwDice(sim), NEW_DICE_MS);
const control = createServer((_, response) => response.end(JSON.stringify(sim.everyJob().map(toHistory))));
await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
liveAsChild({ url: sim.url, historyUrl: `http://127.0.0.1:${(control.address() as AddressInfo).port}` }, () => sim.close());
