// Idempotency-Key: a POST that comes twice under one key makes one resource. The key is stored in the transaction that makes it, so a
// second request waits for the first, and a first one that failed leaves no trace. A repeat is answered with the resource as it is now.
import { createHash } from 'node:crypto';
import type { RequestKey, Tx } from '../store/store.ts';
import type { FunctionDeps } from './deps.ts';
import { Problem } from './problem.ts';

export const KEY_HEADER = 'Idempotency-Key';

export interface KeyedRequest extends RequestKey {
  readonly bodyHash: string;
}

/** Undefined when the request has no key. */
export function readRequestKey(key: string | undefined, request: { readonly namespace?: string; readonly route: string; readonly body: unknown }) {
  if (key === undefined) return undefined;
  if (!/^[\x20-\x7e]{1,255}$/.test(key)) throw new Problem('invalid', 'must be 1 to 255 printable ASCII characters', KEY_HEADER);
  const bodyHash = createHash('sha256').update(canonical(request.body)).digest('base64');
  return { namespace: request.namespace ?? '', route: request.route, key, bodyHash } satisfies KeyedRequest;
}

/** The same text for the same JSON, in whatever order its keys were sent. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export interface Making<T> {
  readonly requestKey: KeyedRequest | undefined;
  readonly make: () => Promise<T>;
  /** What was made before, if it is still there. */
  readonly find: (id: string) => Promise<T | undefined>;
}

/** What `make` makes now, or what the first request with this key has made. */
export async function once<T extends { readonly id: string }>({ store }: Pick<FunctionDeps, 'store'>, tx: Tx, making: Making<T>): Promise<T> {
  const { requestKey, make, find } = making;
  if (requestKey === undefined) return make();
  const used = await store.requestKeys.claim(tx, requestKey, requestKey.bodyHash);
  if (used === undefined) {
    const made = await make();
    await store.requestKeys.bind(tx, requestKey, made.id);
    return made;
  }
  if (!used.sameBody) throw new Problem('conflict', 'was used for another body within the last day: send a new key', KEY_HEADER);
  const found = await find(used.resourceId);
  if (found === undefined) throw new Problem('conflict', 'what the first request with it made was deleted since: send a new key', KEY_HEADER);
  return found;
}
