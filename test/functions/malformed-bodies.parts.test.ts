// What is no document at all is refused in the same words wherever a document is expected; nothing is stored.
import { describe, expect, it } from 'vitest';
import { withFurnishedApi, type FurnishedApi } from './malformed/a-furnished-api.ts';
import { BAD_BODIES } from './malformed/bodies.ts';

let api: FurnishedApi;
withFurnishedApi((own) => (api = own));

const TAKERS = [
  ['POST', () => `${api.N}/deployments`],
  ['PUT', () => `${api.N}/deployments/there`],
  ['PATCH', () => `${api.N}/deployments/there`],
  ['POST', () => `${api.N}/sessionclusters`],
  ['PATCH', () => `${api.N}/sessionclusters/there`],
  ['PUT', () => `${api.N}/deployment-targets/there`],
  ['POST', () => `${api.N}/savepoints`],
  ['POST', () => `${api.N}/secret-values`],
  ['PATCH', () => `${api.N}/secret-values/there`],
  ['PUT', () => `${api.N}/deployment-defaults`],
  ['POST', () => '/namespaces/v1/namespaces'],
  ['PATCH', () => `/namespaces/v1/namespaces/${api.ns}`],
  ['POST', () => `/apitokens/v1/namespaces/${api.ns}/apitokens`],
  ['POST', () => `/drey/v1/namespaces/${api.ns}/artifacts:presign`],
] as const;

describe('a body that is', () => {
  it.each(BAD_BODIES)('$what ($status) is refused everywhere', async ({ sent, type, status, message }) => {
    for (const [method, path] of TAKERS) {
      const body = typeof sent === 'string' ? new TextEncoder().encode(sent) : sent;
      const answer = await api.refused(() => api.request(path(), { method, body, ...(type === undefined ? {} : { headers: { 'Content-Type': type } }) }));
      expect([method, path(), answer.status, answer.body.message ?? answer.body.description]).toEqual([method, path(), status, expect.stringMatching(message)]);
    }
  });
});
