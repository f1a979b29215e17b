// Flink's REST API as answers. Owns the pool of connections. It must never throw for what the network or Flink does, never repeat a
// request by itself, and never decide anything.
import { Agent } from 'undici';
import { faultOfHost, guardedLookup, type GuardSettings } from '../address-guard.ts';
import { parseDuration } from '../../domain/durations.ts';
import type { Answer, ClusterSettings, FlinkRest } from '../flink.ts';
import { read } from './answers.ts';
import { checkpoints } from './checkpoints.ts';
import { fieldsOf, numberAt, textAt, UnexpectedAnswer } from './fields.ts';
import { type Ask, createAsk, createDownload, createOpen, type Download } from './http-client.ts';
import { createJarCalls } from './jars.ts';
import { createJobCalls } from './jobs.ts';
import { createLogCalls } from './logs.ts';
import { createSnapshotCalls } from './snapshots.ts';
import { createVersionCache, type VersionCache } from './version-cache.ts';

/** Times in milliseconds. */
export interface FlinkRestOptions {
  /** Limit of every call but upload and run; 2000. */
  readonly requestTimeoutMs?: number;
  /** 30000; a large jar has longer. */
  readonly uploadTimeoutMs?: number;
  /** 60000. */
  readonly runTimeoutMs?: number;
  /** Longer answers are dropped; 16 MiB. */
  readonly maxAnswerBytes?: number;
  /** How long a version is believed before a run call asks again; 30000. */
  readonly versionLifetimeMs?: number;
  /** For the version's age only; any clock that never goes back. */
  readonly now?: () => number;
  /** Which addresses may be asked; link-local and metadata addresses never. */
  readonly guard?: GuardSettings;
}

export interface FlinkRestPool {
  /** Cheap: all share one pool of connections. */
  readonly rest: (url: string) => FlinkRest;
  /** Why `rest` would never ask this address, as far as its text tells; undefined: it may be asked. */
  readonly faultOfUrl: (url: string) => string | undefined;
  /** Drops every connection; calls under way end as `unavailable`. */
  close(): Promise<void>;
}

const DEFAULTS: Required<FlinkRestOptions> = {
  requestTimeoutMs: 2000,
  uploadTimeoutMs: 30_000,
  runTimeoutMs: 60_000,
  maxAnswerBytes: 16 * 1024 * 1024,
  versionLifetimeMs: 30_000,
  now: () => performance.now(),
  guard: { allowPrivateAddresses: true },
};

export function createFlinkRest(options: FlinkRestOptions = {}): FlinkRestPool {
  const limits = { ...DEFAULTS, ...options };
  // Every call carries its own limit, so undici's coarser ones are off, but for connecting: what never connected was never sent.
  // HTTP/2 stays off: undici repeats requests of a connection that the server gives up.
  const connect = { timeout: Math.ceil(limits.requestTimeoutMs / 2), lookup: guardedLookup(limits.guard) };
  const dispatcher = new Agent({ connections: 32, allowH2: false, headersTimeout: 0, bodyTimeout: 0, connect });
  const versions = createVersionCache(limits.now, limits.versionLifetimeMs);
  return {
    rest: (url) => {
      const http = { dispatcher, url: url.replace(/\/+$/, ''), guard: limits.guard, limitMs: limits.requestTimeoutMs, maxAnswerBytes: limits.maxAnswerBytes };
      return toRest({ url, open: createOpen(http), ask: createAsk(http), download: createDownload(http), versions, limits });
    },
    faultOfUrl: (url) => faultOfHost(new URL(url), limits.guard),
    close: () => dispatcher.destroy(),
  };
}

interface Parts {
  readonly url: string;
  readonly open: FlinkRest['open'];
  readonly ask: Ask;
  readonly download: Download;
  readonly versions: VersionCache;
  readonly limits: Required<FlinkRestOptions>;
}

function toRest({ url, open, ask, download, versions, limits }: Parts): FlinkRest {
  const version = async (): Promise<Answer<string>> => {
    const answer = read(await ask({ method: 'GET', path: '/config' }), (json) => textAt(fieldsOf(json, 'the configuration'), 'flink-version'));
    if (answer.kind === 'done') versions.remember(url, answer.value);
    return answer;
  };
  const believed = async (): Promise<Answer<string>> => {
    const known = versions.find(url);
    return known === undefined ? version() : { kind: 'done', value: known };
  };
  return {
    url,
    open,
    version,
    clusterSettings: async () => read(await ask({ method: 'GET', path: '/jobmanager/config' }), parseClusterSettings),
    slots: async () => read(await ask({ method: 'GET', path: '/overview' }), parseSlots),
    ...createJobCalls(ask),
    ...createJarCalls({ ask, version: believed, uploadLimitMs: limits.uploadTimeoutMs, runLimitMs: limits.runTimeoutMs }),
    ...createSnapshotCalls(ask),
    logs: createLogCalls(ask, download),
    checkpoints: (id) => checkpoints(ask, id),
  };
}

/** Old and new name of the key (`reference/flink.md` §1.7). */
const HA_KEYS = ['high-availability', 'high-availability.type'];
/** The first one that is set counts (`reference/flink.md` §2.8). */
const CACHE_KEYS = ['rest.cache.checkpoint-statistics.timeout', 'web.refresh-interval'];
const FLINKS_CACHE_MS = 3000;

function parseClusterSettings(json: unknown): ClusterSettings {
  if (!Array.isArray(json)) throw new UnexpectedAnswer('the configuration is not a list');
  const settings = new Map(json.map((item) => fieldsOf(item, 'a setting')).map((setting) => [textAt(setting, 'key'), textAt(setting, 'value')]));
  const cache = CACHE_KEYS.map((key) => settings.get(key)).find((value) => value !== undefined);
  return {
    isHighlyAvailable: HA_KEYS.some((key) => (settings.get(key) ?? 'NONE').toUpperCase() !== 'NONE'),
    // Flink takes a number without a unit for milliseconds.
    statisticsCacheMs: parseDuration(/^\d+$/.test(cache ?? '') ? `${cache} ms` : (cache ?? '')) ?? FLINKS_CACHE_MS,
  };
}

function parseSlots(json: unknown): { readonly taskManagers: number; readonly total: number; readonly available: number } {
  const overview = fieldsOf(json, 'the overview');
  return { taskManagers: numberAt(overview, 'taskmanagers'), total: numberAt(overview, 'slots-total'), available: numberAt(overview, 'slots-available') };
}
