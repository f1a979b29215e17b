// The contract of the simulated Flink, on the real ones: if this fails and test/flink/rest.test.ts does not, the simulation has drifted.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import { createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import { createLocalClusters } from '../../flink/clusters/local/create-local-clusters.ts';
import { createFlinkRest } from '../../flink/rest/create-flink-rest.ts';
import { flinkContract, type FlinkUnderTest } from '../contracts/flink-contract.ts';

const { PATH = '', HOME = '', JAVA_HOME } = process.env;
const baseEnv = { PATH, HOME };

async function real(flinkVersion: string): Promise<FlinkUnderTest> {
  const home = await mkdtemp(join(tmpdir(), 'drey-contract-'));
  const cache = inject('dreyCache');
  const java = JAVA_HOME === undefined ? {} : { javaHome: JAVA_HOME };
  const clusters = createLocalClusters({ home, cache, installationId: randomUUID(), webOrigin: 'http://127.0.0.1:8080', baseEnv, ...java });
  await clusters.provision(flinkVersion, () => undefined);
  const id = { kind: 'session', sessionClusterId: parseId<'SessionClusterId'>(randomUUID()), incarnation: 1 } as const;
  const settings = { parallelism: 1, taskManagers: 1, resources: {}, flinkConfiguration: {}, logging: {} };
  await clusters.startSession(id.sessionClusterId, id.incarnation, { flinkVersion, ...settings });
  const sighting = await clusters.observe(id);
  if (sighting.kind !== 'alive') throw new Error(`Flink ${flinkVersion} did not start`);
  const uri = `maven:org.apache.flink:flink-examples-streaming:${flinkVersion}:TopSpeedWindowing`;
  const artifacts = createArtifacts({ home, cache, roots: [], baseEnv });
  const jar = await artifacts.fetch(
    { jobId: parseId<'JobId'>(randomUUID()), uri, namespace: 'default', additionalDependencies: [] },
    AbortSignal.timeout(120_000),
    () => undefined,
  );
  if (jar.kind !== 'done') throw new Error(jar.reason);
  const pool = createFlinkRest();
  return {
    rest: pool.rest(sighting.url),
    jarPath: jar.value.path,
    entryClass: 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing',
    savepointRoot: `file://${home}/savepoints`,
    checkpointRoot: `file://${home}/checkpoints`,
    stop: async () => {
      await pool.close();
      await clusters.tearDown(id);
      await rm(home, { recursive: true, force: true });
    },
  };
}

flinkContract('real 1.20.0', () => real('1.20.0'));
flinkContract('real 2.3.0', () => real('2.3.0'));
