// Turns Replies and errors into HTTP answers: the one place that knows status lines, error bodies (D16), Warning headers and formats.
import { STATUS_CODES } from 'node:http';
import { stringify } from 'yaml';
import type { PlatformErrorBody } from '../domain/platform.schema.ts';
import type { ErrorBody } from '../domain/system.schema.ts';
import type { Logger } from './deps.ts';
import { GRPC_NAME_OF, Problem, STATUS_OF } from './problem.ts';
import type { ProblemCode } from './problem.ts';

const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

/** True when the client would rather read YAML than JSON. */
export function prefersYaml(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map(parseRange);
  const best = (types: readonly string[]): number => Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ weight }) => weight));
  return best(YAML_TYPES) > best(['application/json', 'application/*', '*/*']);
}

function parseRange(range: string): { readonly type: string; readonly weight: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
}

interface Answered {
  readonly code: number;
  readonly body: unknown;
  readonly warnings?: readonly string[];
  readonly etag?: string;
}

interface Wanted {
  readonly accept: string | undefined;
  readonly textType?: string | undefined;
}

export function answer({ code, body, warnings = [], etag }: Answered, { accept, textType }: Wanted): Response {
  if (textType !== undefined) return new Response(String(body), { status: code, headers: { 'Content-Type': `${textType}; charset=utf-8` } });
  const yaml = prefersYaml(accept);
  const headers = new Headers({ 'Content-Type': yaml ? 'application/yaml; charset=utf-8' : 'application/json', Vary: 'Accept' });
  if (etag !== undefined) headers.set('ETag', etag);
  for (const warning of warnings) headers.append('Warning', `299 drey "${quotable(warning)}"`);
  return new Response(yaml ? toYaml(body) : JSON.stringify(body), { status: code, headers });
}

/** Plain YAML that a YAML 1.1 reader understands the same way, without anchors. */
function toYaml(body: unknown): string {
  return stringify(body, { compat: 'yaml-1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Printable ASCII without quotes and backslashes, for a quoted string in a header. */
function quotable(text: string): string {
  const ascii = text.replaceAll('→', '->').replaceAll(/["\\]/g, "'");
  return ascii.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 500);
}

/** The answer to a request that failed. What nobody foresaw is logged and says nothing of its cause. */
export function answerError(error: unknown, path: string, logger: Logger): Response {
  if (error instanceof Problem) return errorResponse(error.code, error.message, path);
  logger.error({ err: error, path }, 'a request failed unexpectedly');
  return errorResponse('internal', 'an unexpected error occurred; the log of the server says more', path);
}

function errorResponse(code: ProblemCode, message: string, path: string): Response {
  const status = STATUS_OF[code];
  const isAccess = code === 'unauthorized' || code === 'forbidden';
  const body: ErrorBody | PlatformErrorBody =
    isPlatformPath(path) && !isAccess
      ? { code: GRPC_NAME_OF[code], description: message, cause: null, ok: false }
      : { timestamp: Date.now(), status, error: STATUS_CODES[status] ?? '', message, path };
  const headers = { 'Content-Type': 'application/json', ...(code === 'unauthorized' ? { 'WWW-Authenticate': 'Bearer realm="drey"' } : {}) };
  return new Response(JSON.stringify(body), { status, headers });
}

/** Paths of the platform API, which has a style of its own, also for errors; who may not pass is told in the AppManager's (vvp.md §4.3). */
export function isPlatformPath(path: string): boolean {
  return /^\/(?:namespaces|apitokens|artifacts)\//.test(path);
}
