// The HTTP app: a Request in, a Response out. Every route goes the same way: guard, parse, handle, answer. Starts no server and knows no port.
import { Hono } from 'hono';
import type { Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { API } from '../domain/api.schema.ts';
import type { Route, RouteName } from '../domain/api.schema.ts';
import { check } from './check.ts';
import type { AppDeps, FunctionDeps } from './deps.ts';
import { createEventFeed } from './event-feed.ts';
import { serveFlinkUi } from './flink-ui.ts';
import { limitBody, refuseStrangers, securityHeaders } from './guard.ts';
import type { Handler, Input } from './handler.ts';
import { serveMetrics } from './metrics.ts';
import { KEY_HEADER, readRequestKey } from './once.ts';
import { withFilters } from './paging.ts';
import { Problem } from './problem.ts';
import { readBody } from './read-body.ts';
import { answer, answerError } from './respond.ts';
import { HANDLERS } from './routes.ts';
import { withinBudget } from './time-budget.ts';
import { serveSwagger } from './swagger.ts';

export function createHttpApp(given: AppDeps): Hono {
  const deps: FunctionDeps = { ...given, feed: createEventFeed({ store: given.store, limits: given.settings.watching ?? {} }) };
  const app = new Hono();
  app.onError((error, { req }) => answerError(error, req.path, deps.logger));
  app.notFound(({ req }) => answerError(new Problem('notFound', `there is no ${req.path}`), req.path, deps.logger));
  app.use(securityHeaders);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (context, methods) => refuseMethod(context, methods, deps) }));
  app.use(refuseStrangers(deps.settings.allowedHosts));
  app.use(limitBody);
  for (const name of Object.keys(API) as RouteName[]) serve(app, name, deps);
  serveMetrics(app, deps);
  serveSwagger(app, deps);
  serveFlinkUi(app, deps);
  return app;
}

function refuseMethod({ req }: Context, methods: readonly string[], { logger }: FunctionDeps): Response {
  const allow = methods.join(', ');
  const response = answerError(new Problem('methodNotAllowed', `${req.method} is not possible here, but ${allow} is`), req.path, logger);
  response.headers.set('Allow', allow);
  return response;
}

function serve(app: Hono, name: RouteName, deps: FunctionDeps): void {
  const route: Route = API[name];
  const handle = HANDLERS[name] as Handler<RouteName>;
  app.on(route.method.toUpperCase(), patternOf(route.path), async (context) => {
    const reply = await withinBudget(deps, async (limited) => handle(await readInput(context, route, limited), limited));
    return answer(reply, context.req.header('accept'));
  });
}

async function readInput({ req }: Context, route: Route, { store, settings }: FunctionDeps): Promise<Input<RouteName>> {
  const params: Readonly<Record<string, string>> = req.param();
  for (const text of Object.values(params)) {
    if (text.length > 250 || /\p{Cc}/u.test(text) || !text.isWellFormed()) throw new Problem('notFound', 'there is nothing of that name');
  }
  const { namespace } = params;
  if (namespace !== undefined && !(await store.namespaces.exists(store.read, namespace))) {
    throw new Problem('notFound', `there is no namespace "${namespace}"`);
  }
  refuseRehearsal(route, req.query('dryRun'));
  const query = route.query === undefined ? undefined : check(route.query, asked(req, route), { lenient: true });
  const body = route.body === undefined ? undefined : check<unknown>(route.body, await readBody(req.raw), settings);
  const isMaking = route.method === 'post' && body !== undefined;
  const keyed = { route: route.path, body, ...(namespace === undefined ? {} : { namespace }) };
  const requestKey = isMaking ? readRequestKey(req.header(KEY_HEADER), keyed) : undefined;
  return { params, query, body, requestKey } as Input<RouteName>;
}

/** The path in Hono's words. A part such as `events:watch` would be taken for a parameter; as a pattern it stands for itself. */
function patternOf(path: string): string {
  const parts = path.split('/').map((part) => (/^[\w-]+:\w+$/.test(part) ? `:action{${part}}` : part.replaceAll(/\{(\w+)\}/g, ':$1')));
  return parts.join('/');
}

/** A page brings the filters of its list along; a stream that is resumed says where by a header. */
function asked(req: Context['req'], { media }: Route): Readonly<Record<string, string>> {
  const query = withFilters(req.query());
  const last = media === 'text/event-stream' ? req.header('last-event-id') : undefined;
  return last === undefined || last === '' ? query : { ...query, after: last };
}

/** Whoever asks for a dry run where there is none does not mean a write. */
function refuseRehearsal({ method, query }: Route, dryRun: string | undefined): void {
  if (dryRun === undefined || method === 'get' || (query !== undefined && 'dryRun' in query.shape)) return;
  throw new Problem('invalid', 'is not possible here, and nothing was done', 'dryRun');
}
