// The two kinds of platforms under a stage, each with what it takes to play on it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '../../../domain/view.ts';
import { ENTRY_CLASS, javaJob } from '../../fixtures/a-java-job.ts';
import { startTestPlatform } from '../../fixtures/a-platform.ts';
import { startRealPlatform } from '../../fixtures/a-real-platform.ts';
import { keepSweeping } from '../../fixtures/keep-sweeping.ts';
import { createSimulatedClusters } from '../../fixtures/simulated-clusters.ts';
import { writeJar } from '../../flink-sim/a-jar.ts';
import { realArguments, simulatedArguments } from './program.ts';
import { realHands } from './real-hands.ts';
import { simulatedHands } from './simulated-hands.ts';
import type { Powers } from './powers.ts';
import { cannot } from './stage.ts';

export async function openSimulated(policy: Partial<Policy>): Promise<Powers> {
  const clusters = createSimulatedClusters();
  const folder = await mkdtemp(join(tmpdir(), 'drey-jar-'));
  const platform = await startTestPlatform({ clusters, jar: writeJar(join(folder, 'job.jar'), ENTRY_CLASS), policy });
  const stopSweeping = await keepSweeping(platform);
  return {
    platform,
    patience: { limitMs: 90_000, everyMs: 100 },
    checkpointInterval: '100ms',
    entryClass: ENTRY_CLASS,
    resources: undefined,
    sharesSessions: false,
    argumentsOf: (program) => simulatedArguments(program),
    startExternal: (configuration) => clusters.startExternal(configuration),
    hands: (cast) => simulatedHands(cast, clusters),
    close: async () => {
      await stopSweeping();
      await platform.stopWorker();
      await clusters.closeAll();
      await platform.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const SMALL = { jobmanager: { cpu: 1, memory: '1g' }, taskmanager: { cpu: 1, memory: '1g' } };

export async function openReal(version: string, policy: Partial<Policy>): Promise<Powers> {
  const real = await startRealPlatform({ policy, jar: (clusters) => javaJob(version, clusters) });
  const stopSweeping = await keepSweeping(real.platform);
  return {
    platform: real.platform,
    patience: { limitMs: 120_000, everyMs: 200 },
    checkpointInterval: '500ms',
    entryClass: ENTRY_CLASS,
    resources: SMALL,
    sharesSessions: true,
    argumentsOf: realArguments,
    startExternal: async () => cannot('run a Flink of somebody else'),
    hands: realHands,
    close: async () => {
      await stopSweeping();
      await real.stop();
    },
  };
}
