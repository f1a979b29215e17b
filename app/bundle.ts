// The workflow bundle: made once per state of the sources, kept in the cache, known by its hash. Never bundles in this process.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface Bundle {
  readonly codePath: string;
  /** Changes with everything that a workflow run depends on. */
  readonly hash: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What the bundle is made of. Types of activities are erased, but a step's meaning may change with domain. */
const SOURCES = ['workflows', 'domain'];
const WORKER_ROOMS = ['activities', 'app', 'domain', 'flink', 'functions', 'store', 'workflows'];

async function hashOfSources(rooms: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const room of rooms) {
    const names = (await readdir(join(ROOT, room), { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
    for (const name of names)
      hash
        .update(`${room}/${name}\0`)
        .update(await readFile(join(ROOT, room, name)))
        .update('\0');
  }
  hash.update(await readFile(join(ROOT, 'node_modules', '@temporalio', 'worker', 'package.json')));
  return hash.digest('hex').slice(0, 16);
}

/** The name of this build of the workers: another one for any change of the code that a worker runs, or of its packages. */
export async function buildIdOfSources(): Promise<string> {
  const rooms = await hashOfSources(WORKER_ROOMS);
  const lock = await readFile(join(ROOT, 'package-lock.json'));
  return createHash('sha256').update(rooms).update(lock).digest('hex').slice(0, 16);
}

/** The bundle of today's sources: the one that an image brings along, else from `<cache>/bundles` or made there in a few seconds. */
export async function bundleWorkflows(cache: string): Promise<Bundle> {
  const hash = await hashOfSources(SOURCES);
  for (const folder of [ROOT, cache]) {
    const codePath = pathIn(folder, hash);
    if (await exists(codePath)) return { codePath, hash };
  }
  const codePath = pathIn(cache, hash);
  await mkdir(dirname(codePath), { recursive: true });
  await promisify(execFile)(process.execPath, [join(ROOT, 'app', 'bundle-main.ts'), codePath]);
  return { codePath, hash };
}

function pathIn(folder: string, hash: string): string {
  return join(folder, 'bundles', `workflows-${hash}.js`);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
