// FlinkRest on the simulated server: the contract that also runs on real Flink.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createFlinkRest } from '../../flink/rest/create-flink-rest.ts';
import { flinkContract, type FlinkUnderTest } from '../contracts/flink-contract.ts';
import { writeJar } from '../flink-sim/a-jar.ts';
import { startFlinkSim } from '../flink-sim/start-flink-sim.ts';

const ENTRY_CLASS = 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing';

async function simulated(version: string): Promise<FlinkUnderTest> {
  const [sim, pool, home] = [await startFlinkSim({ version }), createFlinkRest(), mkdtempSync(join(tmpdir(), 'drey-rest-'))];
  return {
    rest: pool.rest(sim.url),
    jarPath: writeJar(join(home, 'job.jar'), ENTRY_CLASS),
    entryClass: ENTRY_CLASS,
    savepointRoot: pathToFileURL(join(home, 'savepoints')).href,
    checkpointRoot: pathToFileURL(join(home, 'checkpoints')).href,
    stop: async () => {
      await pool.close();
      await sim.close();
      rmSync(home, { recursive: true });
    },
  };
}

flinkContract('simulated 1.20.0', () => simulated('1.20.0'));
flinkContract('simulated 2.3.0', () => simulated('2.3.0'));
