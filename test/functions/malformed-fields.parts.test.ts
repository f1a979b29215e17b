// Every field of every kind, malformed in every way that its sort allows, in a POST, a PUT and a PATCH: 400 with the JSON path and what would
// be right there, within a second, and nothing is stored.
import { describe, expect, it } from 'vitest';
import { withFurnishedApi, DOCUMENTS, refusal, type FurnishedApi } from './malformed/a-furnished-api.ts';
import { CLUSTER, DEFAULTS, DEPLOYMENT, type Field, SECRET, TARGET } from './malformed/fields.ts';
import { bodyOf, over, rowsOf, saying, type Method } from './malformed/rows.ts';

let api: FurnishedApi;
withFurnishedApi((own) => (api = own));

interface Kind {
  readonly kind: string;
  readonly path: string;
  readonly base: object;
  readonly fields: readonly Field[];
  readonly methods: readonly Method[];
}

const KINDS: readonly Kind[] = [
  { kind: 'Deployment', path: 'deployments', base: DOCUMENTS.deployments, fields: DEPLOYMENT, methods: ['POST', 'PUT', 'PATCH'] },
  { kind: 'SessionCluster', path: 'sessionclusters', base: DOCUMENTS.sessionclusters, fields: CLUSTER, methods: ['POST', 'PUT', 'PATCH'] },
  { kind: 'DeploymentTarget', path: 'deployment-targets', base: DOCUMENTS['deployment-targets'], fields: TARGET, methods: ['POST', 'PUT'] },
  { kind: 'SecretValue', path: 'secret-values', base: DOCUMENTS['secret-values'], fields: SECRET, methods: ['POST', 'PUT', 'PATCH'] },
  { kind: 'DeploymentDefaults', path: 'deployment-defaults', base: { spec: {} }, fields: DEFAULTS, methods: ['PUT', 'PATCH'] },
];

function placeOf({ kind, path, base }: Kind, method: Method): { readonly url: string; readonly base: object } {
  const all = `${api.N}/${path}`;
  // A PUT must name what is in its path, or nothing.
  const named = over(base, method === 'POST' ? { metadata: { name: 'free' } } : {}) as object;
  return { url: method === 'POST' || kind === 'DeploymentDefaults' ? all : `${all}/there`, base: named };
}

describe.each(KINDS)('$kind', (kind) => {
  it.each(rowsOf(kind.fields))('$at: $what', async (row) => {
    for (const method of kind.methods.filter((each) => each !== 'PATCH' || row.inPatch)) {
      const { url, base } = placeOf(kind, method);
      const { status, body } = await api.refused(() => api.send(method, url, bodyOf(row, method, base)));
      const { said, wanted } = saying(body.message, row);
      expect([method, status, said]).toEqual([method, 400, wanted]);
      expect(body).toEqual(refusal(url));
    }
  });
});
