// A machine without Flink for tests of local clusters: a `java` that is a shell script and an installation with an empty jar. Its processes are
// real: they have pids, process groups and command lines, and end by signals.
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import { createLocalClusters, type LocalClustersOptions } from '../../flink/clusters/local/create-local-clusters.ts';
import type { ApplicationOrder, LocalClusterId, LocalClusters } from '../../flink/flink.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** `onTerm`: what a JVM does when it is asked to end. */
function fakeJava(onTerm: string): string {
  return `#!/bin/sh
case "$*" in
  *-version*) echo 'openjdk version "17.0.9" 2023-10-17' >&2; exit 0;;
  *-Xshare:dump*) exit 1;;
  *BashJavaUtils*)
    conf="$(printf '%s\\n' "$@" | tail -n 1)"
    if [ "$*" != "\${*#*GET_TM}" ] && grep -q 'taskmanager.memory.process.size": "1048576b"' "$conf/config.yaml"; then echo 'Exception: org.apache.flink.configuration.IllegalConfigurationException: Sum exceeds total.' >&2; exit 1; fi
    echo 'BASH_JAVA_UTILS_EXEC_RESULT:-Xmx100 -Xms100 -XX:MaxMetaspaceSize=200'; echo 'BASH_JAVA_UTILS_EXEC_RESULT:-D memory.a=1b -D memory.b=2b'; exit 0;;
esac
trap '${onTerm}' TERM
while :; do sleep 0.02; done
`;
}

export interface FakeMachine {
  readonly home: string;
  readonly options: LocalClustersOptions;
  /** One installation's view; make several to see what is found again. */
  clusters(over?: Partial<LocalClustersOptions>): LocalClusters;
  folderOf(id: LocalClusterId): string;
  /** What was noted about a cluster's processes. */
  record(id: LocalClusterId): {
    readonly jobManager: { readonly pid: number };
    readonly taskManagers: readonly { readonly pid: number; readonly number: number }[];
  };
}

export function aFakeMachine({ onTerm = 'exit 143' }: { readonly onTerm?: string } = {}): FakeMachine {
  const home = temporaryFolder();
  const [flinkHome, javaHome] = [join(home, 'flink'), join(home, 'java')];
  for (const folder of [join(flinkHome, 'lib'), join(javaHome, 'bin')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(flinkHome, 'lib', 'flink-dist-1.20.0.jar'), '');
  writeFileSync(join(javaHome, 'bin', 'java'), fakeJava(onTerm));
  chmodSync(join(javaHome, 'bin', 'java'), 0o755);
  const options = {
    home,
    flinkHome,
    javaHome,
    cache: join(home, 'cache'),
    installationId: 'ours',
    webOrigin: 'http://127.0.0.1:8080',
    baseEnv: { PATH: process.env.PATH ?? '' },
    patienceMs: 300,
  };
  const folderOf = (id: LocalClusterId): string =>
    id.kind === 'job' ? join(home, 'clusters', 'jobs', id.jobId) : join(home, 'clusters', 'sessions', id.sessionClusterId, String(id.incarnation));
  return {
    home,
    options,
    folderOf,
    clusters: (over = {}) => createLocalClusters({ ...options, ...over }),
    record: (id) => JSON.parse(readFileSync(join(folderOf(id), 'cluster.json'), 'utf8')),
  };
}

export type JobCluster = Extract<LocalClusterId, { kind: 'job' }>;

const used: JobCluster[] = [];

/** A Job whose cluster is ended after the test, whatever happened. */
export function aJobCluster(machine: FakeMachine): JobCluster {
  const id = { kind: 'job', jobId: parseId<'JobId'>(randomUUID()) } as const;
  used.push(id);
  cleaners.set(id, machine);
  return id;
}

const cleaners = new Map<JobCluster, FakeMachine>();

afterEach(async () => {
  for (const id of used.splice(0))
    await cleaners
      .get(id)
      ?.clusters()
      .tearDown(id)
      .catch(() => undefined);
});

export function anApplication(over: Partial<ApplicationOrder> = {}): ApplicationOrder {
  return {
    flinkVersion: '1.20.0',
    parallelism: 1,
    taskManagers: 1,
    resources: {},
    flinkConfiguration: {},
    logging: {},
    artifact: { path: '/jobs/a.jar', sha256: '', bytes: 1, dependencies: [] },
    mainArgs: [],
    allowNonRestoredState: false,
    ...over,
  };
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
