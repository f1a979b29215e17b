// `npm run build:lambda [-- [folder] [--arch arm64|x64]]`: all functions, `lambda` with the API and the schedule, `worker-lambda` with the worker, and the
// id by which that worker is released.
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ENVIRONMENT, readConfig } from '../config.ts';
import { buildLambda } from './build.ts';
import { buildWorker } from './build-worker.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { arch: { type: 'string', default: 'arm64' } } });
if (values.arch !== 'arm64' && values.arch !== 'x64') throw new Error('--arch must be arm64 or x64');
const folder = positionals[0] ?? fileURLToPath(new URL('../../dist', import.meta.url));
// A build needs no database and no Temporal: what is exported of theirs is none of its business.
const { DREY_CACHE, XDG_CACHE_HOME } = ENVIRONMENT;
const { cache } = await readConfig([], { DREY_CACHE, XDG_CACHE_HOME });
const [api, worker] = [join(folder, 'lambda'), join(folder, 'worker-lambda')];
const [buildId] = await Promise.all([buildWorker({ folder: worker, arch: values.arch, cache }), buildLambda(api)]);
await writeFile(join(folder, 'worker-build-id'), `${buildId}\n`);
for (const part of [api, worker]) {
  for (const name of (await readdir(part)).filter((each) => /\.m?js$/.test(each)))
    console.log(`${name.padEnd(28)} ${((await stat(join(part, name))).size / 1024).toFixed(0).padStart(6)} KB`);
}
console.log(`build of the worker          ${buildId}`);
