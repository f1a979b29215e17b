// `node app/run.mjs [--with <folder>] [<file> <argument>…]`: installs what is missing, of the platform and of that folder, and runs the file on the
// project's own Node, so that every command works in a fresh clone. Plain JavaScript on Node >= 20 without any package.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureDependencies, NODE, ROOT } from './install.mjs';

const [first, ...rest] = process.argv.slice(2);
const [folder, [file, ...args]] = first === '--with' ? [rest[0], rest.slice(1)] : [undefined, first === undefined ? [] : [first, ...rest]];

/** @param {string} program */
function handOver(program) {
  const child = spawn(NODE, [join(ROOT, program), ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the program by itself, and its end is ours.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
}

for (const each of folder === undefined ? [ROOT] : [ROOT, join(ROOT, folder)]) {
  const problem = await ensureDependencies({ dev: true, folder: each });
  if (problem === undefined) continue;
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
if (file !== undefined) handOver(file);
