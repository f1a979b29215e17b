// Who sends a request: an API token, a JWT of the operator's identity provider, or, without authentication, whoever reaches the server.
// Secrets are compared by their hash only, and never appear in an error.
import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Principal } from '../domain/access.ts';
import { membershipsOf } from '../domain/access.ts';
import type { Store } from '../store/store.ts';
import { Problem } from './problem.ts';

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** The claim that names the user; `sub`. */
  readonly userClaim: string;
  /** The claim that lists the groups; `groups`. */
  readonly groupsClaim: string;
}

export interface AuthSettings {
  readonly kind: 'none' | 'tokens' | 'oidc';
  /** `user:<id>` and `group:<name>` that administer the platform. */
  readonly admins: readonly string[];
  readonly oidc?: OidcSettings;
}

/** Throws a Problem with `unauthorized`, which says what would be right and nothing of the secret. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

const PREFIX = 'drey_';
/** Who holds the admin's token: `user:admin` in role bindings. */
export const ADMIN = 'admin';
/** Asymmetric ones only: nobody who can read the public keys can sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 30;
const WHAT_TO_SEND = 'send the header "Authorization: Bearer <token>"';

/** A secret with 256 random bits. */
export function newSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64url')}`;
}

export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function createAuthenticate({ kind, admins, oidc }: AuthSettings, store: Store): Authenticate {
  if (kind === 'none') return () => Promise.resolve({ kind: 'everyone' });
  const verify = oidc === undefined ? undefined : createVerify(oidc, admins);
  return async (authorization) => {
    const secret = bearerOf(authorization);
    if (secret.startsWith(PREFIX) || verify === undefined) return holderOf(store, secret);
    return verify(secret);
  };
}

function bearerOf(authorization: string | undefined): string {
  if (authorization === undefined) throw new Problem('unauthorized', `a token is missing: ${WHAT_TO_SEND}`);
  const secret = /^Bearer +([^\s,]{1,8192})$/i.exec(authorization)?.[1];
  if (secret === undefined) throw new Problem('unauthorized', `the header Authorization is not understood: ${WHAT_TO_SEND}`);
  return secret;
}

async function holderOf({ apiTokens, read }: Store, secret: string): Promise<Principal> {
  const holder = await apiTokens.holderOf(read, hashSecret(secret));
  if (holder === undefined) throw new Problem('unauthorized', 'this token is not known here, or was revoked');
  if (holder.kind === 'admin') return { kind: 'user', id: holder.name, groups: [], isAdmin: true };
  const { namespace, name, role } = holder;
  return { kind: 'token', name: `namespaces/${namespace}/apitokens/${name}`, namespace, role };
}

function createVerify({ issuer, audience, jwksUrl, userClaim, groupsClaim }: OidcSettings, admins: readonly string[]): (jwt: string) => Promise<Principal> {
  const keys: JWTVerifyGetKey = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 3000, cooldownDuration: 10_000, cacheMaxAge: 600_000 });
  return async (jwt) => {
    const payload = await checked(() =>
      jwtVerify(jwt, keys, { issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_TOLERANCE_S, requiredClaims: ['exp'] }),
    );
    const id = payload[userClaim];
    if (typeof id !== 'string' || id === '') throw new Problem('unauthorized', `the token has no claim "${userClaim}" that names the user`);
    if (id === ADMIN) throw new Problem('unauthorized', `"${ADMIN}" is the holder of the admin's token here, and no user of the identity provider`);
    const user = { id, groups: textsIn(payload[groupsClaim]) };
    return { kind: 'user', ...user, isAdmin: membershipsOf(user).some((membership) => admins.includes(membership)) };
  };
}

async function checked(verify: () => Promise<{ readonly payload: JWTPayload }>): Promise<JWTPayload> {
  try {
    return (await verify()).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new Problem('unauthorized', 'the token has expired');
    if (error instanceof errors.JWTClaimValidationFailed)
      throw new Problem('unauthorized', `the token's claim "${error.claim}" is not the one that is asked for here`);
    if (error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError))
      throw new Problem('unavailable', 'the keys of the identity provider cannot be fetched now');
    throw new Problem('unauthorized', 'the token is no API token of this server and no JWT that its identity provider signed');
  }
}

function textsIn(claim: unknown): readonly string[] {
  return Array.isArray(claim) ? claim.filter((item) => typeof item === 'string') : [];
}
