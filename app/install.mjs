// Installs what package-lock.json asks for, when it is not there yet. Plain JavaScript on Node >= 20 without any package.
// Never removes development dependencies that somebody installed; safe to interrupt and to repeat.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');
/** The Node that runs everything but the bootstrap. */
export const NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node');

const UNREACHABLE = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|network/i;

/** @typedef {Record<string, { version?: string, dev?: boolean, optional?: boolean, devOptional?: boolean }>} Packages */

/**
 * @param {string} file
 * @returns {Packages}
 */
function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/**
 * Packages of the lock file that are not installed in that version. npm writes its own list only when an installation is complete.
 * @param {{ wanted: Packages, installed: Packages, dev: boolean }} lists
 */
export function missingPackages({ wanted, installed, dev }) {
  return Object.entries(wanted).flatMap(([path, entry]) => {
    if (path === '' || entry.optional || entry.devOptional || (entry.dev && !dev)) return [];
    return installed[path]?.version === entry.version ? [] : [path];
  });
}

/**
 * @param {{ folder: string, args: readonly string[] }} order
 * @param {(seconds: number) => void} tick
 * @returns {Promise<{ code: number, output: string }>}
 */
function runNpm({ folder, args }, tick) {
  const started = Date.now();
  // Where npm itself was told to be silent, its errors are wanted all the same.
  const child = spawn('npm', [...args, '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const timer = setInterval(() => tick(Math.round((Date.now() - started) / 1000)), 1000);
  let output = '';
  const keep = (/** @type {Buffer} */ data) => {
    output = (output + data.toString()).slice(-8000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const interrupted = () => {
    child.kill('SIGTERM');
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  return new Promise((resolve) => {
    const end = (/** @type {number} */ code) => {
      clearInterval(timer);
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += error.message;
      end(127);
    });
    child.on('close', (code) => end(code ?? 130));
  });
}

/** @param {{ code: number, output: string }} result */
function explain({ code, output }) {
  if (code === 127) return 'npm was not found: install Node 20 or newer together with npm.';
  const last = output.split('\n').filter((line) => line.trim() !== '');
  if (UNREACHABLE.test(output)) {
    return 'npm cannot reach its registry: connect to the network or name a mirror with `npm config set registry <address>`, then run `npm start` again.';
  }
  return `npm ci failed (code ${code}): ${last.slice(-4).join(' | ')}`;
}

/** @param {string} text */
function progress(text) {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${text}`);
}

/**
 * Returns one sentence that says what to do when it cannot be installed.
 * @param {{ dev: boolean, folder?: string }} need `folder`: of the package; the platform's own without one
 * @returns {Promise<string | undefined>}
 */
export async function ensureDependencies({ dev, folder = ROOT }) {
  const wanted = packagesIn(join(folder, 'package-lock.json'));
  const installed = packagesIn(join(folder, 'node_modules', '.package-lock.json'));
  if (missingPackages({ wanted, installed, dev }).length > 0) {
    const hasDev = Object.values(installed).some((entry) => entry.dev === true);
    const args = dev || hasDev ? ['ci'] : ['ci', '--omit=dev'];
    const started = Date.now();
    if (!process.stdout.isTTY) process.stdout.write(`dependencies  npm ${args.join(' ')} …\n`);
    const result = await runNpm({ folder, args }, (seconds) => progress(`dependencies  npm ${args.join(' ')} … ${seconds} s`));
    progress('');
    if (result.code !== 0) return explain(result);
    process.stdout.write(`dependencies  installed in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  }
  if (folder !== ROOT || existsSync(NODE)) return undefined;
  return 'The npm package `node` has no binary, because install scripts are switched off: run `npm rebuild node --ignore-scripts=false`, then `npm start` again.';
}
