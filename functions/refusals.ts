// With which statuses a route may refuse a request, by what it takes and who may ask. For the OpenAPI document and for the tests that hold answers against it.
import type { Route } from '../domain/api.schema.ts';

export type Refusal = 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 429 | 431 | 503;

/** What makes a route refuse so. */
const CAUSES: Readonly<Record<Refusal, (route: Route) => boolean>> = {
  // A write is also asked whether it is meant: `dryRun`, If-Match.
  400: (route) => isWrite(route) || route.query !== undefined,
  401: isGuarded,
  // Without authentication every route refuses pages of strangers.
  403: () => true,
  404: hasParameters,
  // A parameter such as `..` leads to another path.
  405: hasParameters,
  409: (route) => isWrite(route) && (hasParameters(route) || route.body !== undefined),
  412: isConditional,
  413: isWrite,
  // Also a GET that says it brings a form.
  415: () => true,
  429: isGuarded,
  // The server's own, before the API sees the request.
  431: () => true,
  // A request that takes too long, or what lies behind the API does not answer.
  503: () => true,
};

export function refusalsOf(route: Route): readonly Refusal[] {
  return (Object.keys(CAUSES) as `${Refusal}`[]).map((status) => Number(status) as Refusal).filter((status) => CAUSES[status](route));
}

/** Resources of the AppManager API have versions. */
export function isConditional({ method, path }: Route): boolean {
  return path.startsWith('/api/v1/') && (method === 'put' || method === 'patch' || method === 'delete');
}

/** Asks for a token where there is authentication. */
export function isGuarded({ access }: Route): boolean {
  return access !== 'open';
}

function isWrite({ method }: Route): boolean {
  return method !== 'get';
}

function hasParameters({ path }: Route): boolean {
  return path.includes('{');
}
