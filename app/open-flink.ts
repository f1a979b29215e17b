// Flink as the configuration wants it: REST, clusters on this machine, artifacts, storage. Provisioning is started here, deciding is not.
import { createArtifacts } from '../flink/artifacts/create-artifacts.ts';
import { createLocalClusters } from '../flink/clusters/local/create-local-clusters.ts';
import type { Flink } from '../flink/flink.ts';
import { createFlinkRest } from '../flink/rest/create-flink-rest.ts';
import { createSnapshotStorage } from '../flink/storage/create-storage.ts';
import type { Config } from './config.ts';
import { installationId } from './installation.ts';
import { findJava, requireMaven } from './embedded/java.ts';
import type { Voice } from './log.ts';

export interface OpenedFlink {
  readonly flink: Flink;
  /** Fetches the default version unless it is there. Returns its number, undefined where Flink does not run on this machine. */
  provision(voice: Voice): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Looks at the machine first: throws a StartProblem when Java is missing, or Maven while Flink has to be fetched. */
export async function openFlink(config: Config): Promise<OpenedFlink> {
  const { home, cache, blobRoot, flinkHome, javaHome, childEnvironment: baseEnv, localTargets, host, port } = config;
  if (localTargets) await findJava(config);
  const local = createLocalClusters({
    home,
    cache,
    installationId: await installationId(home),
    webOrigin: `http://${host}:${port}`,
    baseEnv,
    ...(flinkHome !== undefined && { flinkHome }),
    ...(javaHome !== undefined && { javaHome }),
  });
  const version = localTargets ? local.versionFor(undefined) : undefined;
  const rest = createFlinkRest();
  return {
    flink: {
      rest: (url) => rest.rest(url),
      local,
      artifacts: createArtifacts({ home, cache, roots: config.fileRoots, baseEnv }),
      storage: createSnapshotStorage({ blobRoot }),
    },
    async provision(voice) {
      if (version === undefined) return undefined;
      const step = voice.step('Flink');
      await local.provision(version, (line) => step.update(line));
      step.done(version);
      return version;
    },
    close: () => rest.close(),
  };
}
