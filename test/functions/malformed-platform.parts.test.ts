// Savepoints, namespaces, API tokens and artifacts, malformed: 400 with the JSON path in the words of their own style of error, and nothing is stored.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withFurnishedApi, refusal, type FurnishedApi } from './malformed/a-furnished-api.ts';
import { API_TOKEN, NAMESPACE, PRESIGN, PREVIEW, SAVEPOINT } from './malformed/fields-of-platform.ts';
import { bodyOf, rowsOf, saying, type Method } from './malformed/rows.ts';

let api: FurnishedApi;
withFurnishedApi((own) => (api = own));

const KINDS = [
  { kind: 'Savepoint', fields: SAVEPOINT, to: [['POST', () => `${api.N}/savepoints`]], base: () => ({ metadata: { deploymentId: api.deploymentId } }) },
  { kind: 'a new namespace', fields: NAMESPACE, to: [['POST', () => '/namespaces/v1/namespaces']], base: () => ({ name: 'namespaces/free' }) },
  {
    kind: 'a namespace that is there',
    fields: NAMESPACE,
    to: [
      ['PUT', () => `/namespaces/v1/namespaces/${api.ns}`],
      ['PATCH', () => `/namespaces/v1/namespaces/${api.ns}`],
    ],
    base: () => ({}),
  },
  {
    kind: 'an API token',
    fields: API_TOKEN,
    to: [['POST', () => `/apitokens/v1/namespaces/${api.ns}/apitokens`]],
    base: () => ({ name: `namespaces/${api.ns}/apitokens/free`, role: 'viewer' }),
  },
  { kind: 'a preview', fields: PREVIEW, to: [['POST', () => `/namespaces/v1/namespaces/${api.ns}:setPreviewSessionCluster`]], base: () => ({}) },
  {
    kind: 'an address for an upload',
    fields: PRESIGN,
    to: [['POST', () => `/drey/v1/namespaces/${api.ns}/artifacts:presign`]],
    base: () => ({ filename: 'a.jar' }),
  },
] satisfies readonly { readonly to: readonly (readonly [Method, () => string])[]; readonly [key: string]: unknown }[];

describe.each(KINDS)('$kind', ({ fields, to, base }) => {
  it.each(rowsOf(fields))('$at: $what', async (row) => {
    for (const [method, url] of to.filter(([each]) => each !== 'PATCH' || row.inPatch) as [Method, () => string][]) {
      const { status, body } = await api.refused(() => api.send(method, url(), bodyOf(row, method, base())));
      const { said, wanted } = saying(body.message ?? body.description, row);
      expect([method, status, said]).toEqual([method, 400, wanted]);
      const platform = { code: 'INVALID_ARGUMENT', description: expect.any(String), cause: null, ok: false };
      expect(body).toEqual(/^\/(namespaces|apitokens)/.test(url()) ? platform : refusal(url()));
    }
    expect(readdirSync(api.blobRoot)).toEqual([]);
  });
});
