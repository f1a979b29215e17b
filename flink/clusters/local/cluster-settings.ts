// The Flink configuration of a local cluster: the user's keys, with those that are the cluster's own laid over them. What is set here
// cannot be overridden, except the sizes of thread pools. Never says where or how a process is started.
import { join } from 'node:path';
import type { ClusterOrder } from '../../flink.ts';
import { isBefore } from './flink-yaml.ts';

export interface ClusterPlace {
  /** Absolute folder of the cluster. */
  readonly folder: string;
  readonly ports: { readonly rest: number; readonly rpc: number; readonly blob: number };
  /** The only web origin that may ask this Flink. */
  readonly webOrigin: string;
}

export interface SettingsOrder {
  readonly order: Pick<ClusterOrder, 'flinkVersion' | 'parallelism' | 'flinkConfiguration'>;
  readonly kind: 'application' | 'session';
  /** Of one TaskManager. */
  readonly slots: number;
  readonly place: ClusterPlace;
}

const LOOPBACK = '127.0.0.1';

/** A local cluster has no high availability and no TLS: its only JobManager is restarted by nobody, and it listens on loopback. */
const DROPPED = /^(high-availability|recovery\.mode|security\.ssl\.rest|security\.ssl\.enabled)(\.|$)/;

/** Old spelling, new spelling, and since which version the new one is known (`reference/flink.md` §1.7). */
const RENAMED: readonly (readonly [string, string, string])[] = [
  ['state.checkpoints.dir', 'execution.checkpointing.dir', '1.20'],
  ['state.savepoints.dir', 'execution.checkpointing.savepoint-dir', '1.20'],
  ['state.checkpoints.num-retained', 'execution.checkpointing.num-retained', '1.20'],
  ['state.checkpoint-storage', 'execution.checkpointing.storage', '1.20'],
  ['state.backend', 'state.backend.type', '1.17'],
  ['restart-strategy', 'restart-strategy.type', '1.19'],
];

/** For a small machine with few jobs; more threads only cost memory here. */
const SMALL_POOLS: Readonly<Record<string, string>> = {
  'rest.server.numThreads': '2',
  'jobmanager.future-pool.size': '2',
  'jobmanager.io-pool.size': '2',
  'cluster.io-pool.size': '4',
  'pekko.fork-join-executor.parallelism-min': '2',
  'pekko.fork-join-executor.parallelism-max': '4',
  'pekko.remote-fork-join-executor.parallelism-min': '2',
  'pekko.remote-fork-join-executor.parallelism-max': '2',
  'pekko.client-socket-worker-pool.pool-size-min': '1',
  'pekko.client-socket-worker-pool.pool-size-max': '1',
  'pekko.server-socket-worker-pool.pool-size-min': '1',
  'pekko.server-socket-worker-pool.pool-size-max': '1',
};

export function clusterSettings({ order, kind, slots, place }: SettingsOrder): Readonly<Record<string, string>> {
  const user = Object.entries(order.flinkConfiguration).filter(([key]) => !DROPPED.test(key));
  return {
    ...SMALL_POOLS,
    ...spelledFor(order.flinkVersion, Object.fromEntries(user)),
    ...addresses(place),
    ...folders(place),
    ...QUICK,
    'taskmanager.numberOfTaskSlots': String(slots),
    ...(kind === 'application' ? ofApplication(order.parallelism, place) : {}),
    'web.access-control-allow-origin': place.webOrigin,
    'web.submit.enable': String(kind === 'session'),
    'jobmanager.resource-id': 'jobmanager',
  };
}

/** Every key in the spelling that this version prefers; a value given in the preferred one wins. */
function spelledFor(version: string, settings: Readonly<Record<string, string>>): Record<string, string> {
  const result = { ...settings };
  for (const [old, renamed, since] of RENAMED) {
    const [other, preferred] = isBefore(version, since) ? [renamed, old] : [old, renamed];
    const value = result[other];
    if (value === undefined) continue;
    result[preferred] ??= value;
    delete result[other];
  }
  return result;
}

function addresses({ ports }: ClusterPlace): Record<string, string> {
  return {
    'jobmanager.rpc.address': LOOPBACK,
    'jobmanager.bind-host': LOOPBACK,
    'jobmanager.rpc.port': String(ports.rpc),
    'blob.server.port': String(ports.blob),
    'rest.address': LOOPBACK,
    'rest.bind-address': LOOPBACK,
    'rest.port': String(ports.rest),
    'rest.bind-port': String(ports.rest),
    'taskmanager.host': LOOPBACK,
    'taskmanager.bind-host': LOOPBACK,
  };
}

function folders({ folder }: ClusterPlace): Record<string, string> {
  const tmp = join(folder, 'tmp');
  return { 'io.tmp.dirs': tmp, 'process.working-dir': tmp, 'web.tmpdir': join(tmp, 'web'), 'web.upload.dir': join(tmp, 'upload') };
}

/** Everything on one machine: what happens is seen soon, and a process that is gone is noticed soon. */
const QUICK: Readonly<Record<string, string>> = {
  'web.refresh-interval': '500 ms',
  'heartbeat.interval': '2 s',
  'heartbeat.timeout': '10 s',
  'cluster.registration.error-delay': '200 ms',
  'taskmanager.registration.timeout': '30 s',
  'metrics.fetcher.update-interval': '2 s',
  'cluster.intercept-user-system-exit': 'THROW',
};

/** The JobManager outlives its job, so that Flink can be asked how it ended; drey ends it. */
function ofApplication(parallelism: number, { folder }: ClusterPlace): Record<string, string> {
  return {
    'parallelism.default': String(parallelism),
    'execution.shutdown-on-application-finish': 'false',
    'execution.submit-failed-job-on-application-error': 'true',
    'user.artifacts.base-dir': join(folder, 'tmp', 'artifacts'),
  };
}
