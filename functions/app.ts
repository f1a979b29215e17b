// The HTTP app: a Request in, a Response out. Whoever asks is known before a route is. Starts no server and knows no port.
import { Hono } from 'hono';
import type { Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { API } from '../domain/api.schema.ts';
import type { Route, RouteName } from '../domain/api.schema.ts';
import { createAuthenticate } from './authenticate.ts';
import type { AppDeps, FunctionDeps, HttpApp } from './deps.ts';
import { createEventFeed } from './event-feed.ts';
import { serveFlinkUi } from './flink-ui.ts';
import { refuseStrangers, securityHeaders } from './guard.ts';
import { createLimitRate } from './limit-rate.ts';
import { serveMetrics } from './metrics.ts';
import { Problem } from './problem.ts';
import { answerError } from './respond.ts';
import { serveRoute } from './serve-route.ts';
import { serveSwagger } from './swagger.ts';

export function createHttpApp(given: AppDeps): HttpApp {
  const deps: FunctionDeps = { ...given, feed: createEventFeed({ store: given.store, limits: given.settings.watching ?? {} }) };
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
  app.use(async (context, next) => {
    const { req } = context;
    if (!isOpen(req.path)) {
      const principal = await identify(req.header('authorization'));
      await limitRate(principal);
      context.set('principal', principal);
    }
    await next();
  });
  for (const name of Object.keys(API) as RouteName[]) serveRoute(app, name, deps);
  serveMetrics(app, deps);
  serveSwagger(app, deps);
  serveFlinkUi(app, deps);
  return app;
}

/** What is told to everybody: whether the server lives and can work, and how its API looks. An address for an upload is a permission by itself. */
const OPEN = Object.values<Route>(API).flatMap(({ access, path }) => (access === 'open' ? [new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)] : []));

function isOpen(path: string): boolean {
  return OPEN.some((pattern) => pattern.test(path)) || /^\/(?:api\/)?swagger(?:\.json)?$|^\/swagger\//.test(path);
}

function refuseMethod({ req }: Context, methods: readonly string[], { logger }: FunctionDeps): Response {
  const allow = methods.join(', ');
  const response = answerError(new Problem('methodNotAllowed', `${req.method} is not possible here, but ${allow} is`), req.path, logger);
  response.headers.set('Allow', allow);
  return response;
}
