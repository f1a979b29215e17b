// The Flink UI of one Job, proxied: GET only, allow-listed paths (flink-ui-paths.ts), bound to that Job. Nothing of the request but its path and
// query goes to Flink: no Authorization, no cookie. The pages run in a sandbox with an origin of their own, so that no script of a cluster can
// act on this API as the user; what they read is therefore readable for a page without origin (`null`) that knows the Job's id.
import type { Context } from 'hono';
import { toFlinkJobId } from '../domain/ids.ts';
import type { FlinkJobId } from '../domain/ids.ts';
import { isTerminal } from '../domain/job.ts';
import type { Job } from '../domain/job.ts';
import type { FunctionDeps, HttpApp } from './deps.ts';
import { authorize } from './authorize.ts';
import { getJobById } from './find.ts';
import { flinkUiPath } from './flink-ui-paths.ts';
import type { FlinkUiPath } from './flink-ui-paths.ts';
import { FLINK_UI } from './guard.ts';
import { maskedStream, maskFor } from './mask-for.ts';
import { Problem } from './problem.ts';

const BASE = `${FLINK_UI}v1/namespaces/:namespace/jobs/:jobId`;
type Reached = NonNullable<Awaited<ReturnType<FunctionDeps['reach']>>>;

const TIME_LIMIT_MS = 30_000;
const MAX_FILTERED_BYTES = 8 * 1024 * 1024;

export function serveFlinkUi(app: HttpApp, deps: FunctionDeps): void {
  // The pages name their files relative to their folder.
  app.use(`${BASE}/*`, async ({ req, get }, next) => {
    await authorize(deps, get('principal'), { access: ['FlinkUi', 'Get'], namespace: req.param('namespace') ?? '', isMaking: false });
    await next();
  });
  app.get(BASE, ({ req }) => new Response(null, { status: 308, headers: { Location: `${new URL(req.url).pathname}/` } }));
  app.get(`${BASE}/*`, (context) => proxy(context, deps));
}

async function proxy({ req }: Context, deps: FunctionDeps): Promise<Response> {
  const url = new URL(req.url);
  const job = await getJobById(deps, req.param('namespace') ?? '', req.param('jobId') ?? '');
  const id = toFlinkJobId(job.id);
  const wanted = flinkUiPath(`/${url.pathname.split('/').slice(7).join('/')}`, id);
  if (wanted === undefined) throw new Problem('notFound', 'the Flink UI of this Job has no such page');
  const answer = await ask(await reach(job, deps), `${wanted.path}${url.search}`);
  const response = await passOn(await withoutSecrets(answer, wanted, { job, deps }), wanted, id);
  for (const [name, value] of Object.entries(headersFor(url.origin, req.header('origin')))) response.headers.set(name, value);
  return response;
}

async function reach(job: Job, deps: FunctionDeps): Promise<Reached> {
  const flink = await deps.reach(job);
  if (flink !== undefined) return flink;
  const why = isTerminal(job) ? `it is ${job.state}, its Flink cluster is gone` : 'its Flink cluster does not answer';
  throw new Problem(isTerminal(job) ? 'notFound' : 'unavailable', `the Flink UI of Job ${job.id} cannot be shown: ${why}`);
}

async function ask(flink: Reached, pathAndQuery: string): Promise<Response> {
  try {
    return await flink.open(pathAndQuery, AbortSignal.timeout(TIME_LIMIT_MS));
  } catch {
    throw new Problem('badGateway', 'the Flink cluster of this Job does not answer');
  }
}

/** Flink shows its configuration, and its logs repeat it: all but the files of the UI itself passes the mask of the Job's secret values. */
async function withoutSecrets(answer: Response, { kind }: FlinkUiPath, { job, deps }: { readonly job: Job; readonly deps: FunctionDeps }): Promise<Response> {
  if (kind === 'page' || answer.body === null) return answer;
  const { status, headers } = answer;
  const type = headers.get('content-type');
  return new Response(maskedStream(answer.body, await maskFor(deps, job)), { status, headers: type === null ? {} : { 'Content-Type': type } });
}

async function passOn(answer: Response, wanted: FlinkUiPath, id: FlinkJobId): Promise<Response> {
  const { status } = answer;
  if (status < 200 || (status >= 300 && status < 400)) {
    await answer.body?.cancel();
    throw new Problem('badGateway', `Flink answered with status ${status}`);
  }
  if (status === 200 && (wanted.kind === 'jobs' || wanted.kind === 'config')) return filtered(answer, wanted.kind, id);
  const given = answer.headers.get('content-type');
  const type =
    wanted.kind === 'log' || status >= 400 ? 'text/plain; charset=utf-8' : wanted.kind === 'page' ? pageType(wanted.path, given) : 'application/json';
  return new Response(answer.body, { status, headers: { 'Content-Type': type } });
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  gif: 'image/gif',
  jpg: 'image/jpeg',
  ico: 'image/x-icon',
  txt: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
};

/** Flink names some files `application/octet-stream`, which browsers refuse together with nosniff. */
function pageType(path: string, given: string | null): string {
  return (path === '/' ? TYPES['html'] : TYPES[path.slice(path.lastIndexOf('.') + 1)]) ?? given ?? 'application/octet-stream';
}

async function filtered(answer: Response, kind: 'jobs' | 'config', id: FlinkJobId): Promise<Response> {
  const value = parse(await readBounded(answer));
  return Response.json(kind === 'jobs' ? onlyJob(value, id) : withoutButtons(value));
}

async function readBounded(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_FILTERED_BYTES) throw new Problem('badGateway', 'the answer of Flink is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw new Problem('badGateway', 'Flink did not answer with JSON');
}

function onlyJob(overview: Readonly<Record<string, unknown>>, id: FlinkJobId): object {
  const jobs: readonly unknown[] = Array.isArray(overview['jobs']) ? overview['jobs'] : [];
  return { jobs: jobs.filter((job) => typeof job === 'object' && job !== null && 'jid' in job && job.jid === id) };
}

function withoutButtons(config: Readonly<Record<string, unknown>>): object {
  const features = typeof config['features'] === 'object' ? config['features'] : {};
  return { ...config, features: { ...features, 'web-submit': false, 'web-cancel': false, 'web-rescale': false } };
}

function headersFor(self: string, origin: string | undefined): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': `sandbox allow-scripts allow-popups allow-downloads; default-src ${self} data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'none'; frame-ancestors 'self'`,
    Vary: 'Origin',
    ...(origin === 'null' ? { 'Access-Control-Allow-Origin': 'null', 'Access-Control-Allow-Credentials': 'true' } : {}),
  };
}
