// A Flink on this machine that is nobody's: a session cluster of real processes, which drey is told the address of. And the jar of the example.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseId } from '../../domain/ids.ts';
import { createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import { createLocalClusters } from '../../flink/clusters/local/create-local-clusters.ts';

export interface LocalFlink {
  readonly url: string;
  readonly exampleJar: string;
  stop(): Promise<void>;
}

interface Where {
  readonly folder: string;
  readonly cache: string;
  readonly say: (line: string) => void;
}

const VERSION = '1.20.0';
const EXAMPLE = `maven:org.apache.flink:flink-examples-streaming:${VERSION}:TopSpeedWindowing`;
const LIMIT_MS = 120_000;

export async function startLocalFlink({ folder, cache, say }: Where): Promise<LocalFlink> {
  const { PATH = '', HOME = '', JAVA_HOME } = process.env;
  const baseEnv = { PATH, HOME };
  const java = JAVA_HOME === undefined ? {} : { javaHome: JAVA_HOME };
  const clusters = createLocalClusters({ home: folder, cache, installationId: 'aws-local', webOrigin: 'http://127.0.0.1', baseEnv, ...java });
  await clusters.provision(VERSION, say);
  const artifacts = createArtifacts({ home: folder, cache, roots: [], baseEnv });
  const jobId = parseId<'JobId'>(randomUUID());
  const fetched = await artifacts.fetch(
    { jobId, uri: EXAMPLE, namespace: 'default', additionalDependencies: [] },
    AbortSignal.timeout(LIMIT_MS),
    () => undefined,
  );
  if (fetched.kind !== 'done') throw new Error(fetched.reason);
  const sessionClusterId = parseId<'SessionClusterId'>(randomUUID());
  const id = { kind: 'session', sessionClusterId, incarnation: 1 } as const;
  const flinkConfiguration = { 'taskmanager.numberOfTaskSlots': '4' };
  const order = {
    flinkVersion: VERSION,
    parallelism: 1,
    taskManagers: 1,
    resources: {},
    flinkConfiguration,
    logging: { log4jLoggers: { '': 'INFO' } },
  } as const;
  const started = await clusters.startSession(sessionClusterId, 1, order);
  if (started.kind !== 'done') throw new Error(started.reason);
  const url = await untilUp(async () => clusters.observe(id));
  say(`Flink ${VERSION} at ${url}`);
  return { url, exampleJar: fetched.value.path, stop: () => clusters.tearDown(id) };
}

async function untilUp(observe: () => Promise<{ readonly kind: string; readonly url?: string }>): Promise<string> {
  for (const end = performance.now() + LIMIT_MS; performance.now() < end; await wait(200)) {
    const { url } = await observe();
    const overview =
      url &&
      ((await fetch(`${url}/overview`).then(
        (response) => response.json(),
        () => undefined,
      )) as { readonly taskmanagers: number } | undefined);
    if (url && overview && overview.taskmanagers > 0) return url;
  }
  throw new Error('Flink does not come up');
}
