// Credentials that open nothing: API tokens that are missing, mangled, revoked or of another namespace, and JWTs that are forged, old or for somebody
// else. A provider of keys of the test's own signs them, an HTTP server like any other.
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters } from 'jose';
import type { OidcSettings } from '../../../functions/authenticate.ts';

const ISSUER = 'https://login.example.com/';
const AUDIENCE = 'drey';
const USER = { email: 'ann@example.com', groups: ['editors'] };

export interface Provider {
  readonly oidc: OidcSettings;
  /** What it has signed for a user of the group `editors`. */
  readonly genuine: string;
  readonly forged: Readonly<Record<string, string>>;
  close(): void;
}

interface Claims {
  readonly claims?: Record<string, unknown>;
  readonly key?: CryptoKey;
  readonly header?: Partial<JWTHeaderParameters>;
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly expires?: string | null;
  readonly notBefore?: string;
}

const base64 = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Signed with whatever is at hand as a shared secret. */
function byHmac(header: object, payload: object, secret: string): string {
  const signed = `${base64(header)}.${base64(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export async function aProvider(): Promise<Provider> {
  const [ours, theirs] = await Promise.all([generateKeyPair('ES256', { extractable: true }), generateKeyPair('ES256', { extractable: true })]);
  const keys = [{ ...(await exportJWK(ours.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }];
  const server: Server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const sign = ({ claims = USER, key = ours.privateKey, header = {}, issuer = ISSUER, audience = AUDIENCE, expires = '5m', notBefore }: Claims = {}) => {
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt();
    if (expires !== null) jwt.setExpirationTime(expires);
    return (notBefore === undefined ? jwt : jwt.setNotBefore(notBefore)).sign(key);
  };
  const genuine = await sign();
  const [head = '', body = '', signature = ''] = genuine.split('.');
  const payload = { ...USER, iss: ISSUER, aud: AUDIENCE, exp: 9_999_999_999 };
  const spki = await exportSPKI(ours.publicKey);
  const jwkOfTheirs = await exportJWK(theirs.publicKey);
  const forged = {
    'signed by another key': await sign({ key: theirs.privateKey }),
    'signed by another key, which it brings along': await sign({ key: theirs.privateKey, header: { jwk: jwkOfTheirs } }),
    'signed by another key, which it gives an address of': await sign({ key: theirs.privateKey, header: { jku: 'https://evil.example.com/keys' } }),
    'with an unknown key id': await sign({ key: theirs.privateKey, header: { kid: 'two' } }),
    'with a path as key id': await sign({ key: theirs.privateKey, header: { kid: '../../../dev/null' } }),
    'of another issuer': await sign({ issuer: 'https://evil.example.com/' }),
    'of an issuer that begins like ours': await sign({ issuer: `${ISSUER}.evil.example.com` }),
    'for another audience': await sign({ audience: 'another' }),
    'for other audiences': await sign({ audience: ['another', 'one more'] }),
    'that expired five minutes ago': await sign({ expires: '-5m' }),
    'that expired a year ago': await sign({ expires: '-1y' }),
    'that never expires': await sign({ expires: null }),
    'that is not yet good': await sign({ notBefore: '5m' }),
    'without a user': await sign({ claims: { groups: ['editors'] } }),
    'with an empty user': await sign({ claims: { email: '', groups: ['editors'] } }),
    'with a list as a user': await sign({ claims: { email: ['ann@example.com'], groups: ['editors'] } }),
    'of the algorithm none': `${base64({ alg: 'none' })}.${base64(payload)}.`,
    'of the algorithm NoNe': `${base64({ alg: 'NoNe', kid: 'one' })}.${base64(payload)}.`,
    'of the algorithm none, signed': `${base64({ alg: 'none' })}.${base64(payload)}.${signature}`,
    'signed with the public key as a secret': byHmac({ alg: 'HS256', kid: 'one' }, payload, spki),
    'signed with the empty secret': byHmac({ alg: 'HS256', kid: 'one' }, payload, '\0'),
    'whose user was changed': `${head}.${base64({ ...payload, email: 'root@example.com' })}.${signature}`,
    'whose signature was cut': `${head}.${body}.${signature.slice(0, -10)}`,
    'without a signature': `${head}.${body}.`,
    'of two parts': `${head}.${body}`,
    'of four parts': `${genuine}.${signature}`,
    'with noise as its head': `${base64('noise')}.${body}.${signature}`,
    'with a list as its body': `${head}.${base64([payload])}.${signature}`,
    'that must be understood otherwise': `${base64({ alg: 'ES256', kid: 'one', crit: ['exp2'], exp2: 1 })}.${body}.${signature}`,
  };
  const oidc = { issuer: ISSUER, audience: AUDIENCE, jwksUrl, userClaim: 'email', groupsClaim: 'groups' };
  return { oidc, genuine, forged, close: () => void server.close() };
}

/** The names of the forgeries, for a table that is made before they are. */
export const FORGERIES = [
  'signed by another key',
  'signed by another key, which it brings along',
  'signed by another key, which it gives an address of',
  'with an unknown key id',
  'with a path as key id',
  'of another issuer',
  'of an issuer that begins like ours',
  'for another audience',
  'for other audiences',
  'that expired five minutes ago',
  'that expired a year ago',
  'that never expires',
  'that is not yet good',
  'without a user',
  'with an empty user',
  'with a list as a user',
  'of the algorithm none',
  'of the algorithm NoNe',
  'of the algorithm none, signed',
  'signed with the public key as a secret',
  'signed with the empty secret',
  'whose user was changed',
  'whose signature was cut',
  'without a signature',
  'of two parts',
  'of four parts',
  'with noise as its head',
  'with a list as its body',
  'that must be understood otherwise',
];

const SECRET = `drey_${'A'.repeat(43)}`;
/** Headers that hold no token that is known. */
export const NO_CREDENTIALS: readonly (readonly [string, string | undefined])[] = [
  ['none', undefined],
  ['an empty one', ''],
  ['a scheme alone', 'Bearer'],
  ['a scheme and a blank', 'Bearer '],
  ['another scheme', 'Basic YW5uOnNlY3JldA=='],
  ['a scheme of its own', `Token ${SECRET}`],
  ['no scheme', SECRET],
  ['an unknown token', `Bearer ${SECRET}`],
  ['two tokens', `Bearer ${SECRET}, Bearer ${SECRET}`],
  ['two words', `Bearer ${SECRET} ${SECRET}`],
  ['a token in quotes', `Bearer "${SECRET}"`],
  ['an endless token', `Bearer ${'A'.repeat(8193)}`],
  ['an endless drey token', `Bearer drey_${'A'.repeat(8000)}`],
  ['a wildcard', 'Bearer %'],
  ['a quote of SQL', "Bearer drey_'or'1'='1"],
  ['undefined', 'Bearer undefined'],
  ['null', 'Bearer null'],
];
