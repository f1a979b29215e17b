// One route of the API, all the way: authorize, parse, handle, answer, note in the audit log. The same for every one.
import type { Context } from 'hono';
import type { Principal } from '../domain/access.ts';
import { API } from '../domain/api.schema.ts';
import type { Route, RouteName } from '../domain/api.schema.ts';
import { recordRequest } from './audit.ts';
import type { FunctionDeps, HttpApp } from './deps.ts';
import { limitBody } from './guard.ts';
import type { Handler } from './handler.ts';
import { etagOf } from './if-match.ts';
import { CUSTOM_VERB, paramsOf, readInput } from './read-input.ts';
import { answer, answerError } from './respond.ts';
import { HANDLERS } from './routes.ts';
import { withinBudget } from './time-budget.ts';

/** Binds a route of the contract to its handler. */
export function serveRoute(app: HttpApp, name: RouteName, deps: FunctionDeps): void {
  const route: Route = API[name];
  const handle = HANDLERS[name] as Handler<RouteName>;
  // An upload counts its bytes itself, and takes as long as they take.
  const spend = route.upload === undefined ? withinBudget : inItsOwnTime;
  if (route.upload === undefined) app.on(route.method.toUpperCase(), toPattern(route.path), limitBody);
  app.on(route.method.toUpperCase(), toPattern(route.path), async (context) => {
    const { req } = context;
    const { namespace } = paramsOf(req.param(), route.path);
    const principal: Principal = route.access === 'open' ? { kind: 'everyone' } : context.get('principal');
    // What is open for everybody is told by its pattern: its path may be a permission.
    const isOpen = route.access === 'open';
    const asked = { principal, method: req.method, path: isOpen ? route.path : req.path, operation: name, ...(namespace === undefined ? {} : { namespace }) };
    const response = await answered(context, deps, () =>
      spend(deps, async (limited) => {
        const reply = await handle(await readInput(context, { route, principal }, limited), limited);
        const etag = route.method === 'delete' || !('body' in reply) ? undefined : etagOf(reply.body);
        return answer({ ...reply, ...(etag === undefined ? {} : { etag }) }, { accept: req.header('accept'), textType: route.textType });
      }),
    );
    if (!isOpen || response.ok) await recordRequest(deps, asked, response.status);
    return response;
  });
}

/**
 * As the router writes a path. A parameter takes a whole segment there, so one with a verb behind it (`{namespace}:verb`) is taken with that.
 * A segment such as `events:watch` would be taken for a parameter; as a pattern it stands for itself.
 */
function toPattern(path: string): string {
  const parts = path.replace(CUSTOM_VERB, ':$1{[^/]+:$2}').split('/');
  return parts.map((part) => (/^[\w-]+:\w+$/.test(part) ? `:action{${part}}` : part.replaceAll(/\{(\w+)\}/g, ':$1'))).join('/');
}

const inItsOwnTime: typeof withinBudget = (deps, work) => work(deps);

/** An error is an answer as well, for the audit log. */
async function answered({ req }: Context, { logger }: FunctionDeps, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    return answerError(error, req.path, logger);
  }
}
