// drey as its users call it: HTTP, and polling for what they wait for.
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 10;

interface Resource {
  readonly metadata: { readonly id: string };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: { readonly state: string; readonly running?: { readonly jobId: string } };
}

export interface DreyClient {
  create(path: string, body: unknown): Promise<Resource>;
  patch(path: string, body: unknown): Promise<Resource>;
  get(path: string): Promise<Resource>;
  /** Polls until `wanted` holds; throws after `limitMs`, or when the Deployment is FAILED. */
  until(path: string, wanted: (resource: Resource) => boolean, limitMs: number): Promise<Resource>;
}

/** `url`: where drey answers, for example http://127.0.0.1:8080. */
export function createDreyClient(url: string): DreyClient {
  const call = async (method: string, path: string, body?: unknown): Promise<Resource> => {
    const response = await fetch(`${url}/api/v1/namespaces/default/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return JSON.parse(answer) as Resource;
  };
  const get = (path: string): Promise<Resource> => call('GET', path);
  return {
    create: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
    get,
    async until(path, wanted, limitMs) {
      const end = performance.now() + limitMs;
      for (;;) {
        const seen = await get(path);
        if (wanted(seen)) return seen;
        if (seen.status.state === 'FAILED' || performance.now() > end) throw new Error(`${path} is ${seen.status.state}: ${JSON.stringify(seen.status)}`);
        await wait(POLL_MS);
      }
    },
  };
}
