// The two kinds of platforms under a stage, each with what it takes to play on it.
import type { Policy } from '../../../domain/view.ts';
import { ENTRY_CLASS as JAVA_CLASS, javaJob } from '../../fixtures/a-java-job.ts';
import { startRealPlatform } from '../../fixtures/a-real-platform.ts';
import { ENTRY_CLASS as SIMULATED_CLASS, startSimulatedPlatform } from '../../fixtures/a-simulated-platform.ts';
import { realArguments, simulatedArguments } from './program.ts';
import { realHands } from './real-hands.ts';
import { simulatedHands } from './simulated-hands.ts';
import type { Powers } from './powers.ts';
import { cannot } from './stage.ts';

export async function openSimulated(policy: Partial<Policy>): Promise<Powers> {
  const { clusters, platform, stop } = await startSimulatedPlatform({ policy, sweeps: true });
  return {
    platform,
    patience: { limitMs: 90_000, everyMs: 100 },
    checkpointInterval: '100ms',
    entryClass: SIMULATED_CLASS,
    resources: undefined,
    sharesSessions: false,
    argumentsOf: (program) => simulatedArguments(program),
    startExternal: (configuration) => clusters.startExternal(configuration),
    hands: (cast) => simulatedHands(cast, clusters),
    close: stop,
  };
}

const SMALL = { jobmanager: { cpu: 1, memory: '1g' }, taskmanager: { cpu: 1, memory: '1g' } };

export async function openReal(version: string, policy: Partial<Policy>): Promise<Powers> {
  const real = await startRealPlatform({ policy, jar: (clusters) => javaJob(version, clusters) });
  return {
    platform: real.platform,
    patience: { limitMs: 120_000, everyMs: 200 },
    checkpointInterval: '500ms',
    entryClass: JAVA_CLASS,
    resources: SMALL,
    sharesSessions: true,
    argumentsOf: realArguments,
    startExternal: async () => cannot('run a Flink of somebody else'),
    hands: realHands,
    close: () => real.stop(),
  };
}
