// The HTTP app: a Request in, a Response out. Every route goes the same way: guard, parse, handle, answer. Starts no server and knows no port.
import { Hono } from 'hono';
import type { Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Principal } from '../domain/access.ts';
import { API } from '../domain/api.schema.ts';
import type { Route, RouteName } from '../domain/api.schema.ts';
import { recordRequest } from './audit.ts';
import { createAuthenticate } from './authenticate.ts';
import { authorize } from './authorize.ts';
import { check } from './check.ts';
import type { FunctionDeps, HttpApp } from './deps.ts';
import { serveFlinkUi } from './flink-ui.ts';
import { limitBody, refuseStrangers, securityHeaders } from './guard.ts';
import type { Handler, Input } from './handler.ts';
import { createLimitRate } from './limit-rate.ts';
import { serveMetrics } from './metrics.ts';
import { KEY_HEADER, readRequestKey } from './once.ts';
import { Problem } from './problem.ts';
import { readBody } from './read-body.ts';
import { answer, answerError } from './respond.ts';
import { HANDLERS } from './routes.ts';
import { serveSwagger } from './swagger.ts';

export function createHttpApp(deps: FunctionDeps): HttpApp {
  const app: HttpApp = new Hono();
  const { auth, allowedHosts, rate } = deps.settings;
  const identify = createAuthenticate(auth, deps.store);
  const limitRate = createLimitRate(rate);
  app.onError((error, { req }) => answerError(error, req.path, deps.logger));
  app.notFound(({ req }) => answerError(new Problem('notFound', `there is no ${req.path}`), req.path, deps.logger));
  app.use(securityHeaders);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (context, methods) => refuseMethod(context, methods, deps) }));
  // A token is never sent by a page that was not given it.
  if (auth.kind === 'none') app.use(refuseStrangers(allowedHosts));
  app.use(limitBody);
  app.use(async (context, next) => {
    const { req } = context;
    if (!isOpen(req.path)) {
      const principal = await identify(req.header('authorization'));
      await limitRate(principal);
      context.set('principal', principal);
    }
    await next();
  });
  for (const name of Object.keys(API) as RouteName[]) serve(app, name, deps);
  serveMetrics(app, deps);
  serveSwagger(app, deps);
  serveFlinkUi(app, deps);
  return app;
}

/** What is told to everybody: whether the server lives and can work, and how its API looks. */
const OPEN = new Set(Object.values<Route>(API).flatMap(({ access, path }) => (access === 'open' ? [path] : [])));

function isOpen(path: string): boolean {
  return OPEN.has(path) || /^\/(?:api\/)?swagger(?:\.json)?$|^\/swagger\//.test(path);
}

function refuseMethod({ req }: Context, methods: readonly string[], { logger }: FunctionDeps): Response {
  const allow = methods.join(', ');
  const response = answerError(new Problem('methodNotAllowed', `${req.method} is not possible here, but ${allow} is`), req.path, logger);
  response.headers.set('Allow', allow);
  return response;
}

function serve(app: HttpApp, name: RouteName, deps: FunctionDeps): void {
  const route: Route = API[name];
  const handle = HANDLERS[name] as Handler<RouteName>;
  app.on(route.method.toUpperCase(), toPattern(route.path), async (context) => {
    const { req } = context;
    const { namespace } = paramsOf(req.param(), route.path);
    const principal: Principal = route.access === 'open' ? { kind: 'everyone' } : context.get('principal');
    const asked = { principal, method: req.method, path: req.path, operation: name, ...(namespace === undefined ? {} : { namespace }) };
    const response = await answered(context, deps, async () => {
      const reply = await handle(await readInput(context, { route, principal }, deps), deps);
      return answer(reply, req.header('accept'));
    });
    await recordRequest(deps, asked, response.status);
    return response;
  });
}

const CUSTOM_VERB = /\{(\w+)\}:(\w+)$/;

/** As the router writes a path. A parameter takes a whole segment there, so one with a verb behind it (`{namespace}:verb`) is taken with that. */
function toPattern(path: string): string {
  return path.replace(CUSTOM_VERB, ':$1{[^/]+:$2}').replaceAll(/\{(\w+)\}/g, ':$1');
}

function paramsOf(found: Readonly<Record<string, string>>, path: string): Readonly<Record<string, string>> {
  const [, name = '', verb = ''] = CUSTOM_VERB.exec(path) ?? [];
  return verb === '' ? found : { ...found, [name]: (found[name] ?? '').slice(0, -verb.length - 1) };
}

/** An error is an answer as well, for the audit log. */
async function answered({ req }: Context, { logger }: FunctionDeps, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    return answerError(error, req.path, logger);
  }
}

interface Passed {
  readonly route: Route;
  readonly principal: Principal;
}

async function readInput({ req }: Context, { route, principal }: Passed, deps: FunctionDeps): Promise<Input<RouteName>> {
  const { settings } = deps;
  const params = paramsOf(req.param(), route.path);
  for (const text of Object.values(params)) {
    if (text.length > 250 || /\p{Cc}/u.test(text) || !text.isWellFormed()) throw new Problem('notFound', 'there is nothing of that name');
  }
  const { namespace } = params;
  const makes = route.method === 'post' || route.method === 'put';
  await authorize(deps, principal, { access: route.access, ...(namespace === undefined ? {} : { namespace }), isMaking: makes && !isOfNamespace(route) });
  refuseRehearsal(route, req.query('dryRun'));
  const query = route.query === undefined ? undefined : check(route.query, req.query(), { lenient: true });
  const body = route.body === undefined ? undefined : check<unknown>(route.body, await readBody(req.raw), settings);
  const isMaking = route.method === 'post' && body !== undefined;
  const keyed = { route: route.path, body, ...(namespace === undefined ? {} : { namespace }) };
  const requestKey = isMaking ? readRequestKey(req.header(KEY_HEADER), keyed) : undefined;
  return { params, query, body, principal, requestKey } as Input<RouteName>;
}

/** The namespace itself, not something in it. */
function isOfNamespace({ access }: Route): boolean {
  return Array.isArray(access) && access[0] === 'Namespace';
}

/** Whoever asks for a dry run where there is none does not mean a write. */
function refuseRehearsal({ method, query }: Route, dryRun: string | undefined): void {
  if (dryRun === undefined || method === 'get' || (query !== undefined && 'dryRun' in query.shape)) return;
  throw new Problem('invalid', 'is not possible here, and nothing was done', 'dryRun');
}
