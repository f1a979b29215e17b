// The example Deployment: created once, only in a store that never had one, through the API; its fate is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExample } from '../../app/example.ts';
import type { Store } from '../../store/store.ts';
import { openTestStore } from '../store/open-store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

function anOrder(home: string, answer: Response) {
  const [requests, said, stop]: [Request[], string[], AbortController] = [[], [], new AbortController()];
  const fetch = (request: Request): Response => {
    requests.push(request);
    return answer;
  };
  return {
    requests,
    said,
    stop,
    order: { store, fetch, url: 'http://127.0.0.1:8080', home, say: (line: string) => void said.push(line), signal: stop.signal },
  };
}

describe('the example', () => {
  it('is posted once as YAML, and never again in this folder', async () => {
    const home = temporaryFolder();
    const first = anOrder(home, new Response(null, { status: 201 }));
    await runExample(first.order);
    expect(first.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST http://127.0.0.1:8080/api/v1/namespaces/default/deployments']);
    expect(await first.requests[0]?.text()).toContain('maven:org.apache.flink:flink-examples-streaming:1.20.0:TopSpeedWindowing');
    const second = anOrder(home, new Response(null, { status: 201 }));
    await runExample(second.order);
    expect(second.requests).toEqual([]);
  });

  it('that is refused says why, and is tried again by the next start', async () => {
    const home = temporaryFolder();
    const refused = anOrder(home, new Response('no such target', { status: 400 }));
    await runExample(refused.order);
    expect(refused.said).toEqual(['the example could not be created: no such target']);
    const again = anOrder(home, new Response(null, { status: 201 }));
    await runExample(again.order);
    expect(again.requests).toHaveLength(1);
  });

  it('is no longer followed once the stop begins', async () => {
    const { order, said, stop } = anOrder(temporaryFolder(), new Response(null, { status: 201 }));
    const running = runExample(order);
    await sleep(10);
    stop.abort();
    await running;
    expect(said).toEqual([]);
  });
});
