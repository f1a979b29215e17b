// `npm test`: everything a change must pass, in one command. Installs what is missing, runs the checks and the three kinds of tests, ends with
// `N passed, N failed`. Plain JavaScript on Node >= 20. Asks nothing, skips nothing silently.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, NODE, ROOT } from './install.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Count `failures`: what failed, by name */

const CHECKS = ['format', 'lint', 'types', 'dead'];
const PROJECTS = ['unit', 'parts', 'e2e'];
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ show: boolean }} options
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(program, args, { show }) {
  const child = spawn(program, args, {
    cwd: ROOT,
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    env: { ...process.env, CI: 'true' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (/** @type {Buffer} */ data) => (output += data.toString()));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** @param {string} name @param {number} started @param {Count} count */
function report(name, started, { passed, failed, skipped }) {
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(
    `${name.padEnd(8)} ${failed === 0 ? 'ok    ' : 'FAILED'} ${seconds.padStart(6)} s  ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`,
  );
}

/** @param {string} name @returns {Promise<Count>} */
async function check(name) {
  const started = Date.now();
  const { code, output } = await run('npm', ['run', '--silent', name], { show: false });
  const count = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, failures: code === 0 ? [] : [name] };
  if (code !== 0) console.log(output.trimEnd());
  report(name, started, count);
  return count;
}

/**
 * A file that could not even be loaded counts as one failure, and so does a run that ended badly without naming a test.
 * @param {string} file
 * @param {number} code
 * @returns {Count}
 */
export function countTests(file, code) {
  try {
    const said = JSON.parse(readFileSync(file, 'utf8'));
    const broken = said.testResults.filter(
      (/** @type {any} */ each) => each.status === 'failed' && !each.assertionResults.some((/** @type {any} */ one) => one.status === 'failed'),
    );
    const failed = said.numFailedTests + broken.length;
    const names = said.testResults.flatMap((/** @type {any} */ each) =>
      each.assertionResults.filter((/** @type {any} */ one) => one.status === 'failed').map((/** @type {any} */ one) => `${each.name}: ${one.fullName}`),
    );
    return {
      passed: said.numPassedTests,
      failed: failed === 0 && code !== 0 ? 1 : failed,
      skipped: said.numPendingTests + said.numTodoTests,
      failures: [...names, ...broken.map((/** @type {any} */ each) => each.name)],
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [file] };
  }
}

/** @param {string} project @param {string} folder @returns {Promise<Count>} */
async function test(project, folder) {
  const started = Date.now();
  const file = join(folder, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await run(NODE, [VITEST, 'run', '--project', project, ...reporters], { show: true });
  const count = countTests(file, code);
  report(project, started, count);
  return count;
}

async function main() {
  const problem = (await ensureDependencies({ dev: true })) ?? (await ensureDependencies({ dev: true, folder: join(ROOT, 'infra', 'aws') }));
  if (problem !== undefined) {
    console.log(`${problem}\n0 passed, 1 failed`);
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'drey-npm-test-'));
  /** @type {Count[]} */
  const counts = [];
  try {
    for (const name of CHECKS) counts.push(await check(name));
    for (const project of PROJECTS) counts.push(await test(project, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) => counts.reduce((total, count) => total + count[key], 0);
  for (const name of counts.flatMap(({ failures }) => failures)) console.log(`failed: ${name}`);
  if (sum('skipped') > 0) console.log(`${sum('skipped')} skipped`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return sum('failed') === 0 ? 0 : 1;
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) process.exitCode = await main();
