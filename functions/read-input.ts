// What a request holds, by the contract of its route: parameters, query, body, and who sent it. Nothing is parsed for those who may not ask.
import type { Context } from 'hono';
import type { Principal } from '../domain/access.ts';
import { API } from '../domain/api.schema.ts';
import type { Route, RouteName } from '../domain/api.schema.ts';
import { authorize } from './authorize.ts';
import { check } from './check.ts';
import type { FunctionDeps } from './deps.ts';
import type { Input } from './handler.ts';
import { readIfMatch } from './if-match.ts';
import { withFreeName } from './legacy-names.ts';
import { KEY_HEADER, readRequestKey } from './once.ts';
import { withFilters } from './paging.ts';
import { Problem } from './problem.ts';
import { readBody } from './read-body.ts';
import { readUpload } from './read-upload.ts';

/** A parameter with a verb of the platform API behind it: `{namespace}:verb`. */
export const CUSTOM_VERB = /\{(\w+)\}:(\w+)$/;

interface Passed {
  readonly route: Route;
  readonly principal: Principal;
}

export async function readInput({ req }: Context, { route, principal }: Passed, deps: FunctionDeps): Promise<Input<RouteName>> {
  const { settings } = deps;
  const params = paramsOf(req.param(), route.path);
  for (const text of Object.values(params)) {
    if (text.length > 255 || /\p{Cc}/u.test(text) || !text.isWellFormed()) throw new Problem('notFound', 'there is nothing of that name');
  }
  const { namespace } = params;
  const makes = route.method === 'post' || route.method === 'put' || route.method === 'patch';
  await authorize(deps, principal, { access: route.access, ...(namespace === undefined ? {} : { namespace }), isMaking: makes && !isOfNamespace(route) });
  refuseRehearsal(route, req.query('dryRun'));
  const query = route.query === undefined ? undefined : check(route.query, asked(req, route), { lenient: true });
  const body = route.body === undefined ? undefined : check<unknown>(route.body, asMeant(route, await readBody(req.raw), settings), settings);
  const file = route.upload === undefined ? undefined : await readUpload(req.raw, { kind: route.upload, path: req.path }, settings);
  const isMaking = route.method === 'post' && body !== undefined;
  const keyed = { route: route.path, body, ...(namespace === undefined ? {} : { namespace }) };
  const requestKey = isMaking ? readRequestKey(req.header(KEY_HEADER), keyed) : undefined;
  const ifMatch = WRITES_ONE.has(route.method) ? readIfMatch(req.header('if-match')) : undefined;
  return { params, query, body, file, origin: new URL(req.url).origin, principal, requestKey, ifMatch } as Input<RouteName>;
}

const WRITES_ONE: ReadonlySet<Route['method']> = new Set(['put', 'patch', 'delete']);
const NAMED_FREELY: readonly Route[] = [API.createDeployment, API.replaceDeployment, API.patchDeployment];

function asMeant(route: Route, body: unknown, { legacyNames = false }: FunctionDeps['settings']): unknown {
  return legacyNames && NAMED_FREELY.includes(route) ? withFreeName(body) : body;
}

/** The namespace itself, not something in it. */
function isOfNamespace({ access }: Route): boolean {
  return Array.isArray(access) && access[0] === 'Namespace';
}

/** A page brings the filters of its list along; a stream that is resumed says where by a header. */
function asked(req: Context['req'], { textType, query: known }: Route): Readonly<Record<string, string>> {
  const query = known !== undefined && 'continue' in known.shape ? withFilters(req.query()) : req.query();
  const last = textType === 'text/event-stream' ? req.header('last-event-id') : undefined;
  return last === undefined || last === '' ? query : { ...query, after: last };
}

/** Whoever asks for a dry run where there is none does not mean a write. */
function refuseRehearsal({ method, query }: Route, dryRun: string | undefined): void {
  if (dryRun === undefined || method === 'get' || (query !== undefined && 'dryRun' in query.shape)) return;
  throw new Problem('invalid', 'is not possible here, and nothing was done', 'dryRun');
}

/** Parameters of a path; the router takes the verb as a part of the one before it. */
export function paramsOf(found: Readonly<Record<string, string>>, path: string): Readonly<Record<string, string>> {
  const [, name = '', verb = ''] = CUSTOM_VERB.exec(path) ?? [];
  return verb === '' ? found : { ...found, [name]: (found[name] ?? '').slice(0, -verb.length - 1) };
}
