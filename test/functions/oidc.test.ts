// JWTs of an identity provider, which is a small HTTP server here that shows its keys: what counts, and what is forged, old or for somebody else.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { anApi, type Answer, type Api, openStore } from './an-api.ts';

const ISSUER = 'https://login.example.com/';
const AUDIENCE = 'drey';
let store: Store;
let provider: Server;
let fetched = 0;
let api: Api;
let ours: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
let theirs: typeof ours;

beforeAll(async () => {
  store = await openStore();
  [ours, theirs] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256', { extractable: true })]);
  const keys = [{ ...(await exportJWK(ours.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }];
  provider = createServer((_, response) => {
    fetched += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/keys`;
  const oidc = { issuer: ISSUER, audience: AUDIENCE, jwksUrl, userClaim: 'email', groupsClaim: 'groups' };
  api = anApi(store, { settings: { auth: { kind: 'oidc', admins: ['group:platform'], oidc } } });
  await store.transaction(async (tx) => {
    await store.namespaces.insert(tx, {
      name: 'streams',
      roleBindings: [
        { role: 'viewer', members: ['group:readers'] },
        { role: 'editor', members: ['user:ann@example.com'] },
      ],
    });
  });
});
afterAll(async () => {
  provider.close();
  await store.close();
});

interface Claims {
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string | null;
  readonly claims?: Record<string, unknown>;
  readonly key?: CryptoKey | Uint8Array;
  readonly alg?: string;
}

function aJwt({
  issuer = ISSUER,
  audience = AUDIENCE,
  expires = '5m',
  claims = { email: 'ann@example.com' },
  key = ours.privateKey,
  alg = 'ES256',
}: Claims = {}): Promise<string> {
  const jwt = new SignJWT(claims).setProtectedHeader({ alg, kid: 'one' }).setIssuer(issuer).setAudience(audience).setIssuedAt();
  return (expires === null ? jwt : jwt.setExpirationTime(expires)).sign(key);
}

const list = (jwt: string): Promise<Answer> => api.as(jwt).get('/api/v1/namespaces/streams/deployments');

describe('a JWT', () => {
  it('that its provider signed gives the roles that are bound to its user and groups', async () => {
    expect((await list(await aJwt())).status).toBe(200);
    expect((await list(await aJwt({ claims: { email: 'bob@example.com', groups: ['readers'] } }))).status).toBe(200);
    expect((await list(await aJwt({ claims: { email: 'bob@example.com', groups: ['writers'] } }))).status).toBe(403);
    const viewer = api.as(await aJwt({ claims: { email: 'bob@example.com', groups: ['readers'] } }));
    expect((await viewer.send('DELETE', '/api/v1/namespaces/streams/deployments/x', undefined)).status).toBe(403);
  });

  it('of an admin group administers namespaces', async () => {
    const admin = api.as(await aJwt({ claims: { email: 'root@example.com', groups: ['platform'] } }));
    expect((await admin.get('/namespaces/v1/namespaces')).status).toBe(200);
    expect((await admin.get('/api/v1/namespaces/streams/deployments')).status).toBe(403);
  });

  it.each<[string, () => Promise<string>]>([
    ['signed by somebody else', () => aJwt({ key: theirs.privateKey })],
    ['of another issuer', () => aJwt({ issuer: 'https://evil.example.com/' })],
    ['for another audience', () => aJwt({ audience: 'another' })],
    ['that has expired', () => aJwt({ expires: '-5m' })],
    ['without an end', () => aJwt({ expires: null })],
    ['without a user', () => aJwt({ claims: { groups: ['readers'] } })],
    ['with a user that is no text', () => aJwt({ claims: { email: { $ne: '' } } })],
    ["that calls its user like the holder of the admin's token", () => aJwt({ claims: { email: 'admin' } })],
    ['signed with a shared secret', () => aJwt({ alg: 'HS256', key: new TextEncoder().encode('a secret of thirty-two bytes....') })],
    [
      'that is not signed',
      async () => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ iss: ISSUER, aud: AUDIENCE, email: 'ann@example.com', exp: 9_999_999_999 }))}.`,
    ],
    ['that was changed on its way', async () => (await aJwt()).replace(/\.[^.]+\./, `.${btoa('{"email":"root@example.com"}').replaceAll('=', '')}.`)],
    ['that is none', async () => 'not.a.jwt'],
  ])('%s is 401 and says nothing of what is in it', async (_, forged) => {
    const { status, body, text } = await list(await forged());
    expect([status, body.error]).toEqual([401, 'Unauthorized']);
    expect(text).not.toMatch(/example\.com|readers|evil/);
  });

  it('is checked with keys that are fetched once', () => {
    expect(fetched).toBeLessThanOrEqual(2);
  });

  it('cannot be checked while the keys cannot be fetched: 503, and nobody is let in', async () => {
    const oidc = { issuer: ISSUER, audience: AUDIENCE, jwksUrl: 'http://127.0.0.1:9/keys', userClaim: 'email', groupsClaim: 'groups' };
    const cutOff = anApi(store, { settings: { auth: { kind: 'oidc', admins: [], oidc } } });
    expect((await cutOff.as(await aJwt()).get('/api/v1/namespaces/streams/deployments')).status).toBe(503);
  });
});
