// `npm test`: installs what is missing, runs everything a change must pass, and ends with `N passed, N failed`.
// Plain JavaScript on Node >= 20; what it runs, runs on the project's own Node. Each check of the sources counts as one.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ensureDependencies, NODE, ROOT } from './install.mjs';

const CHECKS = [
  { name: 'format', command: 'biome', args: ['check', '.'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware'] },
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  { name: 'dead code', command: 'knip', args: [] },
];
const PROJECTS = ['unit', 'parts', 'e2e'];

const BIN = join(ROOT, 'node_modules', '.bin');
const environment = { ...process.env, PATH: [dirname(NODE), BIN, process.env.PATH ?? ''].join(delimiter) };

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: environment });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * @param {string} name
 * @param {() => Promise<{ passed: number, failed: number }>} work
 */
async function step(name, work) {
  const started = Date.now();
  const { passed, failed } = await work();
  process.stdout.write(`${name.padEnd(12)} ${passed} passed, ${failed} failed, ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
  return { passed, failed };
}

/** @param {(typeof CHECKS)[number]} check */
async function check({ command, args }) {
  const code = await run(join(BIN, command), args);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * Tests of one project. A run that ends without a report, or red without a failed test, counts as one failure; so does a test that
 * is skipped without saying so in its condition.
 * @param {string} project
 */
async function tests(project) {
  const folder = mkdtempSync(join(tmpdir(), 'drey-test-report-'));
  const report = join(folder, 'report.json');
  const args = [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await run(NODE, args);
  const counted = read(report);
  rmSync(folder, { recursive: true, force: true });
  if (counted === undefined || counted.passed + counted.failed === 0) return { passed: 0, failed: 1 };
  return { passed: counted.passed, failed: counted.failed === 0 && code !== 0 ? 1 : counted.failed };
}

/**
 * @param {string} report
 * @returns {{ passed: number, failed: number } | undefined}
 */
function read(report) {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests === 0 && numFailedTestSuites > 0 ? numFailedTestSuites : numFailedTests };
  } catch {
    return undefined;
  }
}

const problem = await ensureDependencies({ dev: true });
if (problem !== undefined) {
  process.stderr.write(`${problem}\n0 passed, 1 failed\n`);
  process.exit(1);
}
const results = [];
for (const each of CHECKS) results.push(await step(each.name, () => check(each)));
for (const project of PROJECTS) results.push(await step(project, () => tests(project)));
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
