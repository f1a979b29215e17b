// Fetches what a Job runs into a folder of the Job's own, once: all of it appears at the same moment, and the same bytes are
// reported whenever it is asked for again. Never changes what it once reported, and removes it only when it is told to forget.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isUuid, parseId } from '../../domain/ids.ts';
import type { FetchedArtifact } from '../../domain/job.ts';
import type { Answer, Artifacts, FetchOrder } from '../flink.ts';
import { type ArtifactSource, parseArtifactUri } from './artifact-uri.ts';
import { fetchFile } from './from-file.ts';
import { fetchHttp } from './from-http.ts';
import { fetchMaven } from './from-maven.ts';
import { fetchS3 } from './from-s3.ts';
import { faultOfOwner, uploadFolder } from './own-artifacts.ts';
import { later, messageOf, refused } from './refusals.ts';
import { createS3, type S3 } from '../storage/s3.ts';
import type { Environment } from './run-maven.ts';
import type { Saved, Watch } from './save-stream.ts';

export interface ArtifactsOptions {
  /** Data folder: artifacts lie in `<home>/artifacts/<job id>`. */
  readonly home: string;
  /** Folder of downloads, shared by installations. */
  readonly cache: string;
  /** Folders below which `file:` may read. */
  readonly roots: readonly string[];
  /** Where uploaded artifacts lie, which may be read besides: those of a Job's own namespace, and of no other. */
  readonly blobRoot?: string;
  readonly s3?: S3;
  /** Environment of `mvn`. */
  readonly baseEnv: Environment;
  /** Whether http(s) may reach this machine and private networks. Off unless given. */
  readonly allowPrivateAddresses?: boolean;
  /** The largest artifact; 1 GiB unless given. */
  readonly maxBytes?: number;
  /** How long one download may take in milliseconds; 15 min unless given. */
  readonly limitMs?: number;
}

export function createArtifacts(options: ArtifactsOptions): Artifacts {
  const { home, maxBytes = 2 ** 30 } = options;
  return {
    async fetch(order, signal, progress) {
      const folder = join(home, 'artifacts', order.jobId);
      const known = await readFetched(folder);
      if (known !== undefined) return { kind: 'done', value: known };
      const temporary = join(home, 'artifacts', `.${order.jobId}-${randomUUID()}`);
      try {
        await mkdir(temporary, { recursive: true, mode: 0o700 });
        return await fetchAll(order, { folder, temporary, options, watch: { signal, progress, maxBytes } });
      } catch (error) {
        return later(`the artifact could not be stored: ${messageOf(error)}`);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    },
    fetched: async () => (await readdir(join(home, 'artifacts')).catch(() => [])).filter(isUuid).map((name) => parseId<'JobId'>(name)),
    forget: (jobId) => rm(join(home, 'artifacts', jobId), { recursive: true, force: true }),
  };
}

interface Work {
  readonly folder: string;
  readonly temporary: string;
  readonly options: ArtifactsOptions;
  readonly watch: Watch;
}

interface Fetched extends Saved {
  readonly name: string;
}

const NOTE = 'fetched.json';

/** What an earlier call fetched, if all of it is still there. */
async function readFetched(folder: string): Promise<FetchedArtifact | undefined> {
  try {
    const fetched = JSON.parse(await readFile(join(folder, NOTE), 'utf8')) as FetchedArtifact;
    await Promise.all([fetched, ...fetched.dependencies].map(({ path }) => stat(path)));
    return fetched;
  } catch {
    return undefined;
  }
}

async function fetchAll({ uri, additionalDependencies, shown, namespace }: FetchOrder, work: Work): Promise<Answer<FetchedArtifact>> {
  const fetched: Fetched[] = [];
  let before = 0;
  for (const [index, each] of [uri, ...additionalDependencies].entries()) {
    const watch = { ...work.watch, progress: (bytes: number) => work.watch.progress(before + bytes) };
    const answer = await fetchOne({ uri: each, shown: shown?.[index] ?? each, index, namespace }, { ...work, watch });
    if (answer.kind !== 'done') return answer;
    fetched.push(answer.value);
    before += answer.value.bytes;
  }
  const [main, ...dependencies] = fetched;
  if (main === undefined) return refused('there is nothing to fetch');
  const located = ({ name, sha256 }: Fetched) => ({ path: join(work.folder, name), sha256 });
  const value = { ...located(main), bytes: main.bytes, dependencies: dependencies.map(located) };
  await writeFile(join(work.temporary, NOTE), JSON.stringify(value));
  return settle(value, work);
}

/** Moves everything into place at once. When another attempt was faster, its bytes count. */
async function settle(value: FetchedArtifact, { folder, temporary }: Work): Promise<Answer<FetchedArtifact>> {
  try {
    await rename(temporary, folder);
    return { kind: 'done', value };
  } catch (error) {
    const other = await readFetched(folder);
    if (other !== undefined) return { kind: 'done', value: other };
    throw error;
  }
}

interface Wanted {
  readonly uri: string;
  /** As it may be seen. */
  readonly shown: string;
  /** 0 is the jar of the Job, the others are its dependencies. */
  readonly index: number;
  readonly namespace: string;
}

async function fetchOne({ uri, shown, index, namespace }: Wanted, { temporary, options, watch }: Work): Promise<Answer<Fetched>> {
  const source = parseArtifactUri(uri);
  if (typeof source === 'string') return refused(source);
  const fault = await faultOfOwner(source, namespace, options.blobRoot);
  if (fault !== undefined) return refused(fault);
  const isMain = index === 0;
  const name = nameFor(shownName(source.name, shown), index);
  const target = join(temporary, name);
  await mkdir(dirname(target), { recursive: true });
  const answer = await from(source, target, { options, watch, namespace });
  if (answer.kind !== 'done') return answer;
  if ((isMain || name.endsWith('.jar')) && !(await isArchive(target))) return refused(`${name} is not a jar: it does not begin like a zip archive`);
  return { kind: 'done', value: { ...answer.value, name } };
}

/** What it is stored as: named after the address as it may be seen, a jar if it is one. */
function shownName(real: string, shown: string): string {
  const seen = parseArtifactUri(shown);
  const name = typeof seen === 'string' ? 'artifact' : seen.name;
  return /\.jar$/i.test(real) && !/\.jar$/i.test(name) ? `${name}.jar` : name;
}

/** Each in a place of its own, whatever they are called; the jar of the Job always ends in `.jar`. */
function nameFor(name: string, index: number): string {
  if (index > 0) return join(String(index), name);
  return /\.jar$/i.test(name) ? name : `${name}.jar`;
}

type Surroundings = Pick<Work, 'options' | 'watch'> & Pick<Wanted, 'namespace'>;

async function from(source: ArtifactSource, target: string, { options, watch, namespace }: Surroundings): Promise<Answer<Saved>> {
  const { allowPrivateAddresses = false, limitMs = 900_000, s3 = createS3({ pathStyle: false }) } = options;
  const bounded = { ...watch, signal: AbortSignal.any([watch.signal, AbortSignal.timeout(limitMs)]) };
  switch (source.kind) {
    case 'file':
      return fetchFile({ path: source.path, target }, { named: options.roots, uploads: uploadFolder(options.blobRoot, namespace) }, bounded);
    case 'http':
      return fetchHttp({ url: source.url, target }, { allowPrivateAddresses, limitMs }, watch);
    case 's3':
      return fetchS3({ place: source.place, target, limitMs }, s3, watch);
    case 'maven':
      return fetchMaven({ coordinate: source.coordinate, target }, { cache: options.cache, environment: options.baseEnv }, bounded);
  }
}

/** Zip archives begin with "PK". */
async function isArchive(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.subarray(0, 2).toString('latin1') === 'PK';
  } finally {
    await file.close();
  }
}
