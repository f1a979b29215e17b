// Flink clusters as JVM processes of this machine. Holds nothing between calls but what makes them cheaper: what is true of a cluster lies
// in its folder and in the list of processes.
import { rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { LoggingProfiles } from '../../../domain/logging.ts';
import type { LocalClusterId, LocalClusters } from '../../flink.ts';
import type { Environment } from '../../artifacts/run-maven.ts';
import { type ArchiveOrder, findArchive, makeArchive } from './class-archive.ts';
import { clusterLogs } from './cluster-logs.ts';
import { type ClusterFolder, clusterFolder, readRecord, readStart, writeRecord } from './cluster-folder.ts';
import { findJava, type Java } from './find-java.ts';
import type { Host } from './host.ts';
import { inTurn } from './in-turn.ts';
import { mayStillStart, observeCluster } from './observe-cluster.ts';
import { findMarked, isAlive } from './processes.ts';
import { provision } from './provision.ts';
import { findRelease, findReleases, newestFirst } from './releases.ts';
import { markOf } from './spawn-jvm.ts';
import { startCluster } from './start-cluster.ts';
import { adopt, replaceMissing } from './task-managers.ts';
import { tearDownCluster } from './tear-down.ts';

export interface LocalClustersOptions {
  /** Data folder, absolute. */
  readonly home: string;
  /** Folder of downloads, absolute. */
  readonly cache: string;
  /** A Flink installation to use instead of a fetched one. */
  readonly flinkHome?: string;
  readonly javaHome?: string;
  readonly installationId: string;
  /** The only web origin that may ask these clusters, for example `http://127.0.0.1:8080`. */
  readonly webOrigin: string;
  /** Environment of every child process; without secrets. */
  readonly baseEnv: Environment;
  /** Further logging profiles: templates of a log4j2.xml by name. */
  readonly loggingProfiles?: LoggingProfiles;
  /** How long processes may take to end by themselves in milliseconds; 5 s unless given. */
  readonly patienceMs?: number;
}

/** Throws an Error with one sentence when `flinkHome` holds no Flink. */
export function createLocalClusters(options: LocalClustersOptions): LocalClusters {
  const host = createHost(options);
  const folderOf = (id: LocalClusterId): ClusterFolder => clusterFolder(options.home, id);
  const alone = <T>(id: LocalClusterId, work: (folder: ClusterFolder) => Promise<T>): Promise<T> => {
    const folder = folderOf(id);
    return inTurn(folder.path, () => work(folder));
  };
  return {
    versions: newestFirst(host.releases.map(({ version }) => version)),
    versionFor: (wanted) => findRelease(host.releases, wanted)?.version,
    provision: async (version, progress) => {
      const release = host.releases.find((each) => each.version === version);
      if (release === undefined) throw new Error(`this machine cannot run Flink ${version}`);
      await host.provision(release, progress);
    },
    startApplication: (jobId, order) => alone({ kind: 'job', jobId }, (folder) => startCluster(host, folder, { kind: 'application', jobId, order })),
    startSession: (sessionClusterId, incarnation, order) =>
      alone({ kind: 'session', sessionClusterId, incarnation }, (folder) => startCluster(host, folder, { kind: 'session', order })),
    observe: (id) => observeCluster(folderOf(id), options.installationId),
    ensureTaskManagers: (id, wanted) => alone(id, (folder) => ensureTaskManagers(host, folder, wanted)),
    tearDown: (id) => alone(id, (folder) => tearDownCluster(host, folder)),
    logs: (id) => clusterLogs(folderOf(id)),
    forget: (id) => alone(id, forget),
  };
}

function createHost(options: LocalClustersOptions): Host {
  const { home, cache, installationId, webOrigin, baseEnv: environment, patienceMs = 5000, loggingProfiles = {} } = options;
  const releases = findReleases(options);
  let found: Promise<Java> | undefined;
  const java = (): Promise<Java> => {
    found ??= findJava(options.javaHome, environment).catch((error: unknown) => {
      found = undefined; // it may be installed while we run
      throw error;
    });
    return found;
  };
  return {
    home,
    installationId,
    webOrigin,
    environment,
    patienceMs,
    releases,
    loggingProfiles,
    java,
    archiveOf: async (release) => findArchive({ cache, release, java: await java(), environment }),
    provision: (release, progress) =>
      inTurn(`provision ${release.lib}`, async () => {
        await provision({ release, environment, progress });
        await ensureArchive({ cache, release, java: await java(), environment }, progress);
      }),
  };
}

async function ensureArchive(order: ArchiveOrder, progress: (line: string) => void): Promise<void> {
  if (order.release.classes === undefined || (await findArchive(order)) !== undefined || unarchived.has(order.release.lib)) return;
  progress(`Flink ${order.release.version}: preparing its classes for quick starts …`);
  if (!(await makeArchive(order))) unarchived.add(order.release.lib);
}

/** Releases whose archive could not be made: it is not tried again in this process. */
const unarchived = new Set<string>();

async function ensureTaskManagers(host: Host, folder: ClusterFolder, wanted: number | undefined): Promise<number> {
  const note = await readStart(folder);
  if (note?.by !== 'start' || note.installationId !== host.installationId) return 0;
  const noted = await readRecord(folder);
  if (noted === undefined && (await mayStillStart(folder, note))) return 0;
  const record = noted ?? (await adopt(folder));
  if (record.jobManager === undefined || !(await isAlive(record.jobManager))) return 0;
  const plugins = host.releases.find(({ version }) => version === note.flinkVersion)?.plugins;
  const jvm = { folder, java: note.java, environment: host.environment, ...(plugins !== undefined && { plugins }) };
  const count = wanted ?? record.wantedTaskManagers ?? note.taskManagerCount;
  const { record: changed, started } = await replaceMissing({ ...record, wantedTaskManagers: count }, count, jvm);
  if (started > 0 || noted?.wantedTaskManagers !== count) await writeRecord(folder, changed);
  return started;
}

/** The folder vanishes at once. Throws an Error while a process of the cluster lives. */
async function forget(folder: ClusterFolder): Promise<void> {
  if ((await findMarked(markOf(folder))).length > 0) throw new Error(`processes of the cluster in ${folder.path} still run: it is not forgotten`);
  const trash = join(dirname(folder.path), `.forgotten-${randomUUID()}`);
  await rename(folder.path, trash).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rm(trash, { recursive: true, force: true });
}
