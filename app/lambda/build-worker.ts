// Builds the worker as a Lambda function into a folder: one file for the function, one for the thread that runs workflows, the workflows, and Temporal's
// native core for one kind of processor. What only bundles workflows is left out.
import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { buildIdOfSources, bundleWorkflows } from '../bundle.ts';
import { withoutUnused } from './build.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CORE = 'node_modules/@temporalio/core-bridge/releases';
/** Loaded with the worker, and used only where workflows are bundled or debugged. */
const WORKSHOP = /\/node_modules\/@temporalio\/worker\/lib\/(workflow\/bundler|debug-replayer\/index)\.js$/;

export interface WorkerBuild {
  readonly folder: string;
  /** Of Node: `arm64` or `x64`. */
  readonly arch: string;
  /** Where the workflows of these sources may lie already. */
  readonly cache: string;
}

const withoutWorkshop: Plugin = {
  name: 'without-workshop',
  setup(builds) {
    builds.onLoad({ filter: WORKSHOP }, () => ({ contents: 'exports.defaultWorkflowInterceptorModules = [];', loader: 'js' }));
  },
};

/** Returns the build's id, by which it is released. */
export async function buildWorker({ folder, arch, cache }: WorkerBuild): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  const [buildId, workflows] = await Promise.all([buildIdOfSources(), bundleWorkflows(cache)]);
  await build({
    absWorkingDir: ROOT,
    entryPoints: { worker: 'app/lambda/worker-main.ts', 'workflow-worker-thread': '@temporalio/worker/lib/workflow/workflow-worker-thread.js' },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    define: { DREY_BUILD_ID: JSON.stringify(buildId), 'import.meta.dirname': '__dirname', 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
    // The file for the thread lies beside the one that asks for it, as it does in the package.
    logOverride: { 'require-resolve-not-external': 'silent' },
    plugins: [withoutWorkshop, withoutUnused],
    external: ['pg-native', '@temporalio/interceptors-opentelemetry', '@aws-lambda-powertools/logger'],
  });
  const target = `${arch === 'arm64' ? 'aarch64' : 'x86_64'}-unknown-linux-gnu`;
  await place(folder, join(ROOT, CORE, target, 'index.node'), join('releases', target, 'index.node'));
  await place(folder, workflows.codePath, 'workflows.js');
  await place(folder, join(ROOT, 'node_modules/source-map/lib/mappings.wasm'), 'mappings.wasm');
  return buildId;
}

async function place(folder: string, from: string, to: string): Promise<void> {
  await mkdir(dirname(join(folder, to)), { recursive: true });
  await cp(from, join(folder, to));
}
