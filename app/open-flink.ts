// Flink as the configuration wants it: REST, clusters on this machine, artifacts, storage. Provisioning is started here, deciding is not.
import type { LoggingProfiles } from '../domain/logging.ts';
import { createArtifacts } from '../flink/artifacts/create-artifacts.ts';
import { createLocalClusters } from '../flink/clusters/local/create-local-clusters.ts';
import { findJava } from '../flink/clusters/local/find-java.ts';
import type { Flink, LocalClusters } from '../flink/flink.ts';
import { createFlinkRest } from '../flink/rest/create-flink-rest.ts';
import { createStorage } from '../flink/storage/create-storage.ts';
import { createS3 } from '../flink/storage/s3.ts';
import { requireS3Plugin } from './s3-plugin.ts';
import type { Config } from './config.ts';
import { installationId } from './installation.ts';
import { readLoggingProfiles } from './logging-profiles.ts';
import type { Voice } from './log.ts';
import { StartProblem } from './start-problem.ts';

export interface OpenedFlink {
  readonly loggingProfiles: LoggingProfiles;
  readonly flink: Flink;
  /** Fetches the default version unless it is there. Returns its number, undefined where Flink does not run on this machine. */
  provision(voice: Voice): Promise<string | undefined>;
  close(): Promise<void>;
}

const WITHOUT = 'or start with DREY_LOCAL_TARGETS=0, without Flink on this machine';
/** The stop as a whole takes at most 15 s, and parking comes first. */
const PATIENCE_MS = 2000;

/** What keeps Flink from running here, with a way out. */
function asProblem(error: unknown): StartProblem {
  const said = error instanceof Error ? error.message : String(error);
  return new StartProblem(`${said.replace(/\.$/, '')}, ${WITHOUT}.`);
}

/** The screen itself shows whose line it is, and for how long. */
const withoutLabels = (line: string): string => line.replace(/^Flink \S+: /, '').replace(/, \d+ s$/, '');

async function openClusters(config: Config, loggingProfiles: LoggingProfiles): Promise<LocalClusters> {
  const { home, cache, flinkHome, javaHome, childEnvironment: baseEnv, localTargets, host, port } = config;
  const id = await installationId(home);
  try {
    if (localTargets) await findJava(javaHome, baseEnv);
    return createLocalClusters({
      home,
      cache,
      installationId: id,
      webOrigin: `http://${host}:${port}`,
      baseEnv,
      patienceMs: PATIENCE_MS,
      loggingProfiles,
      ...(flinkHome !== undefined && { flinkHome }),
      ...(javaHome !== undefined && { javaHome }),
    });
  } catch (error) {
    throw asProblem(error);
  }
}

/** Looks at the machine first: throws a StartProblem when Java is missing, or Maven while Flink has to be fetched. */
export async function openFlink(config: Config): Promise<OpenedFlink> {
  const { home, cache, blobRoot, fileRoots, childEnvironment: baseEnv, localTargets, artifactLimit, allowPrivateAddresses } = config;
  await requireS3Plugin(config);
  const loggingProfiles = await readLoggingProfiles(config.loggingProfiles);
  const local = await openClusters(config, loggingProfiles);
  const version = localTargets ? local.versionFor(undefined) : undefined;
  const [own, external] = [createFlinkRest(), createFlinkRest({ guard: { allowPrivateAddresses } })];
  const s3 = createS3(config.s3);
  return {
    loggingProfiles,
    flink: {
      rest: own.rest,
      externalRest: external.rest,
      faultOfUrl: external.faultOfUrl,
      local: localTargets ? local : elsewhere(local),
      artifacts: createArtifacts({ home, cache, roots: fileRoots, blobRoot, s3, baseEnv, maxBytes: artifactLimit, allowPrivateAddresses }),
      ...createStorage({ blobRoot, s3 }),
    },
    async provision(voice) {
      if (version === undefined) return undefined;
      const step = voice.step('Flink');
      await local
        .provision(version, (line) => step.update(withoutLabels(line)))
        .catch((error: unknown) => {
          throw asProblem(error);
        });
      step.done(version);
      return version;
    },
    close: async () => void (await Promise.all([own.close(), external.close()])),
  };
}

/** Where Flink does not run on this machine, its processes are another installation's: nothing can be said of them, started or ended. */
function elsewhere(local: LocalClusters): LocalClusters {
  const refuse = (): never => {
    throw new Error('DREY_LOCAL_TARGETS is 0: Flink does not run on this machine');
  };
  const unavailable = { kind: 'unavailable', reason: 'DREY_LOCAL_TARGETS is 0: Flink does not run on this machine', mayHaveArrived: false } as const;
  return {
    ...local,
    observe: () => Promise.resolve({ kind: 'elsewhere' }),
    startApplication: () => Promise.resolve(unavailable),
    startSession: () => Promise.resolve(unavailable),
    ensureTaskManagers: async () => refuse(),
    tearDown: async () => refuse(),
    forget: () => Promise.resolve(),
  };
}
