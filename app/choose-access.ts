// Who may use the API, and how often: the part of the configuration that says how requests are authenticated.
import type { AuthSettings } from '../functions/authenticate.ts';
import type { Rate } from '../functions/limit-rate.ts';
import type { Environment } from './config.schema.ts';
import { StartProblem } from './start-problem.ts';

export interface AccessChoice {
  readonly auth: AuthSettings;
  readonly rate?: Rate;
}

/** A burst is what a client sends that lists, reads and writes a few hundred resources in a row. */
const BURST_SECONDS = 5;

/** Throws a StartProblem that names the missing setting. */
export function chooseAccess(environment: Environment): AccessChoice {
  const { DREY_AUTH: kind, DREY_ADMINS: admins, DREY_RATE_LIMIT: perSecond } = environment;
  return {
    auth: { kind, admins, ...(kind === 'oidc' ? { oidc: chooseOidc(environment) } : {}) },
    ...(perSecond === 0 ? {} : { rate: { perSecond, burst: perSecond * BURST_SECONDS } }),
  };
}

function chooseOidc(environment: Environment): NonNullable<AuthSettings['oidc']> {
  const { DREY_OIDC_ISSUER: issuer, DREY_OIDC_AUDIENCE: audience, DREY_OIDC_JWKS_URL: jwksUrl } = environment;
  const missing = [
    issuer === undefined ? 'DREY_OIDC_ISSUER (the issuer of the tokens)' : '',
    audience === undefined ? 'DREY_OIDC_AUDIENCE (what the tokens are made for)' : '',
    jwksUrl === undefined ? 'DREY_OIDC_JWKS_URL (where the keys of the issuer are)' : '',
  ].filter((name) => name !== '');
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) throw new StartProblem(`DREY_AUTH=oidc needs ${missing.join(', ')}.`);
  return { issuer, audience, jwksUrl, userClaim: environment.DREY_OIDC_USER_CLAIM, groupsClaim: environment.DREY_OIDC_GROUPS_CLAIM };
}
