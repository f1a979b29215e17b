// Idempotency-Key: a POST that comes twice makes one resource.
import { describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, withApi } from './an-api.ts';
import type { Answer, Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
withApi((own) => ({ store, api, N } = own));

const post = (key: string, path: string, body: unknown): Promise<Answer> =>
  api.request(`${N}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': key }, body: JSON.stringify(body) });

const MADE = [
  ['deployments', () => aDocument({ metadata: { name: 'twice' } })],
  ['deployment-targets', () => ({ metadata: { name: 'twice' }, spec: { local: {} } })],
  ['sessionclusters', () => ({ metadata: { name: 'twice' }, spec: { state: 'STOPPED', deploymentTargetName: 'default', flinkVersion: '1.20' } })],
] as const;

describe('one key', () => {
  it.each(MADE)('makes one of %s, and answers 201 with it each time', async (path, body) => {
    const answers = await Promise.all([1, 2, 3].map(() => post(`key ${path}`, path, body())));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.metadata.id)).size).toBe(1);
  });

  it('answers with the Savepoint as it is now, the order of the fields being nothing', async () => {
    const { body } = await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'saves' } }));
    const deploymentId = body.metadata.id;
    await aJobOf(store, deploymentId, { change: { state: 'STARTED' } });
    const first = await post('k1', 'savepoints', { kind: 'Savepoint', metadata: { deploymentId, annotations: { a: '1', b: '2' } } });
    await store.transaction((tx) => store.savepoints.change(tx, first.body.metadata.id, { state: 'COMPLETED' }));
    const second = await post('k1', 'savepoints', { metadata: { annotations: { b: '2', a: '1' }, deploymentId }, kind: 'Savepoint' });
    expect([second.status, second.body.metadata.id, second.body.status.state]).toEqual([201, first.body.metadata.id, 'COMPLETED']);
    expect((await api.get(`${N}/savepoints?deploymentId=${deploymentId}`)).body.items).toHaveLength(1);
  });

  it('with another body is 409, and so is one whose resource was deleted', async () => {
    const document = aDocument({ metadata: { name: 'gone' }, spec: { state: 'CANCELLED' } });
    expect((await post('k2', 'deployments', document)).status).toBe(201);
    const other = await post('k2', 'deployments', aDocument({ metadata: { name: 'other' } }));
    expect([other.status, other.body.message]).toEqual([409, 'Idempotency-Key: was used for another body within the last day: send a new key']);
    await api.request(`${N}/deployments/gone`, { method: 'DELETE' });
    const again = await post('k2', 'deployments', document);
    expect([again.status, again.body.message]).toEqual([
      409,
      expect.stringContaining('Idempotency-Key: what the first request with it made was deleted since'),
    ]);
  });

  it('means another request on another route and in another namespace', async () => {
    expect((await post('k3', 'deployments', aDocument({ metadata: { name: 'k3' } }))).status).toBe(201);
    expect((await post('k3', 'deployment-targets', { metadata: { name: 'k3' }, spec: { local: {} } })).status).toBe(201);
    const other = await api.namespace();
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'k3' };
    const { status } = await api.request(`${other}/deployments`, { method: 'POST', headers, body: JSON.stringify(aDocument({ metadata: { name: 'k3' } })) });
    expect(status).toBe(201);
  });

  it('of a request that failed is free again', async () => {
    expect((await post('k4', 'savepoints', { metadata: { deploymentId: 'later' } })).status).toBe(404);
    await api.send('POST', `${N}/deployments`, aDocument({ metadata: { name: 'later' } }));
    expect((await post('k4', 'savepoints', { metadata: { deploymentId: 'later' } })).status).toBe(400);
    await aJobOf(store, (await api.get(`${N}/deployments/later`)).body.metadata.id, { change: { state: 'STARTED' } });
    expect((await post('k4', 'savepoints', { metadata: { deploymentId: 'later' } })).status).toBe(201);
  });

  it.each(['', 'x'.repeat(256), 'k\u00e9y'])('must be 1 to 255 printable characters: %#', async (key) => {
    const { status, body } = await post(key, 'deployments', aDocument({ metadata: { name: 'bad-key' } }));
    expect([status, body.message]).toEqual([400, 'Idempotency-Key: must be 1 to 255 printable ASCII characters']);
  });

  it('is described for every POST that makes something', async () => {
    const { body } = await api.get('/swagger.json');
    const inHeader = (path: string) => body.paths[path].post.parameters.filter((parameter: { in: string }) => parameter.in === 'header');
    expect(inHeader('/api/v1/namespaces/{namespace}/savepoints')).toEqual([expect.objectContaining({ name: 'Idempotency-Key', required: false })]);
    expect(inHeader('/drey/v1/reconcile')).toEqual([]);
  });
});
