// `npm start`: answers --help at once, installs what is missing, then hands over to app/main.ts on the project's own Node.
// Plain JavaScript on Node >= 20 without any package. Never decides anything about the platform itself.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, NODE, ROOT } from './install.mjs';
import { helpText, parseFlags } from './settings.mjs';

/** Ctrl-C reaches us from the terminal and again through npm: what follows this soon is the same wish. */
const SAME_WISH_MS = 1000;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @returns {string} */
function version() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
}

/** @param {string} sentence @returns {never} */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** @param {readonly string[]} args */
function checkFlags(args) {
  const flags = parseFlags(args);
  if ('problem' in flags) return refuse(flags.problem);
  if (!flags.help && !flags.version) return;
  process.stdout.write(`${flags.help ? helpText(version()) : version()}\n`);
  process.exit(0);
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) refuse(`drey needs Node 20 or newer, this is ${process.version}: install a current Node, then run \`npm start\` again.`);
}

/**
 * Hands signals on, each wish once, and ends when the platform ends. The channel tells the platform when we are gone.
 * @param {readonly string[]} args
 */
function handOver(args) {
  const child = spawn(NODE, [join(ROOT, 'app', 'main.ts'), ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  let last = 0;
  let asked = false;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      asked = true;
      if (Date.now() - last < SAME_WISH_MS) return;
      last = Date.now();
      child.kill(signal);
    });
  }
  child.on('error', (error) => refuse(`The platform could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
  watchParent(() => asked);
}

/**
 * When npm is killed the hard way, so are we: the platform then leaves its jobs to the next start, as after any crash.
 * @param {() => boolean} stopping
 */
function watchParent(stopping) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid !== parent && !stopping()) process.exit(137);
  }, 500);
  timer.unref();
}

const args = process.argv.slice(2);
checkNode();
checkFlags(args);
const problem = await ensureDependencies({ dev: false });
if (problem !== undefined) refuse(problem);
handOver(args);
