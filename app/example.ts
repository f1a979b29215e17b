// The example Deployment: applied once, through the API like any user's, to a store that never had a Deployment; then watched.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Store } from '../store/store.ts';
import type { Fetch } from './server.ts';

export interface ExampleOrder {
  readonly store: Store;
  readonly fetch: Fetch;
  readonly url: string;
  /** Remembers, here, that there was a Deployment once. */
  readonly home: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const NAMESPACE = 'default';
const NAME = 'top-speed-windowing-example';
const FILE = fileURLToPath(new URL('../examples/top-speed-windowing.yaml', import.meta.url));
const LOOK_EVERY_MS = 500;

/** True once any Deployment existed in this store, as far as this folder knows; remembers it. */
export async function hadDeployments(store: Store, home: string): Promise<boolean> {
  const note = join(home, 'had-deployments');
  if (existsSync(note)) return true;
  const counts = await store.deployments.countByState(store.read);
  if (Object.values(counts).every((count) => count === 0)) return false;
  await writeFile(note, '');
  return true;
}

async function apply({ fetch, url, say }: ExampleOrder): Promise<boolean> {
  const request = new Request(`${url}/api/v1/namespaces/${NAMESPACE}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml', host: new URL(url).host },
    body: await readFile(FILE, 'utf8'),
  });
  const answer = await fetch(request);
  if (!answer.ok) say(`the example could not be created: ${(await answer.text()).slice(0, 500)}`);
  return answer.ok;
}

/** Says once what became of it: RUNNING, FAILED, or changed by somebody meanwhile. */
async function follow({ store, say, signal, url }: ExampleOrder): Promise<void> {
  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { signal });
    const deployment = await store.deployments.find(store.read, NAMESPACE, NAME);
    if (deployment === undefined || deployment.spec.state !== 'RUNNING') return;
    const { state, because } = deployment.status;
    if (state === 'RUNNING') return say(`running ${NAME}: ${url}/api/v1/namespaces/${NAMESPACE}/deployments/${NAME}`);
    if (state === 'FAILED') return say(`failed ${NAME}: ${because}`);
  }
}

/** Applies the example to an empty store and follows it. Never throws; ends early when `signal` says so. */
export async function runExample(order: ExampleOrder): Promise<void> {
  try {
    if (await hadDeployments(order.store, order.home)) return;
    if (await apply(order)) await writeFile(join(order.home, 'had-deployments'), '');
    else return;
    await follow(order);
  } catch (error) {
    if (!order.signal.aborted) order.say(`the example cannot be followed: ${String(error)}`);
  }
}
