// Turns Replies and errors into HTTP answers: the one place that knows status lines, error bodies (D16), Warning headers and formats.
import { STATUS_CODES } from 'node:http';
import { stringify } from 'yaml';
import { NamespaceGone } from '../domain/namespace-gone.ts';
import type { PlatformErrorBody } from '../domain/platform.schema.ts';
import type { ErrorBody } from '../domain/system.schema.ts';
import type { Logger } from './deps.ts';
import type { Listing, Raw } from './handler.ts';
import { GRPC_NAME_OF, Problem, STATUS_OF } from './problem.ts';
import type { ProblemCode } from './problem.ts';
import { toList } from './to-list.ts';

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
  readonly body?: unknown;
  readonly list?: Listing<string, unknown>;
  readonly raw?: Raw;
  readonly warnings?: readonly string[];
  readonly etag?: string;
}

interface Wanted {
  readonly accept: string | undefined;
  readonly textType?: string | undefined;
}

export async function answer({ code, body, list, raw, warnings = [], etag }: Answered, { accept, textType }: Wanted): Promise<Response> {
  if (raw !== undefined) return new Response(raw.content, { status: code, headers: { 'Content-Type': raw.type, ...raw.headers } });
  if (textType !== undefined) return new Response(String(body), { status: code, headers: { 'Content-Type': `${textType}; charset=utf-8` } });
  const yaml = prefersYaml(accept);
  const headers = new Headers({ 'Content-Type': yaml ? 'application/yaml; charset=utf-8' : 'application/json', Vary: 'Accept' });
  if (etag !== undefined) headers.set('ETag', etag);
  for (const warning of warnings) headers.append('Warning', `299 drey "${quotable(warning)}"`);
  const content = list === undefined ? inOne(body, yaml) : await inPieces(list, yaml);
  return new Response(content, { status: code, headers });
}

function inOne(body: unknown, yaml: boolean): string {
  return yaml ? toYaml(body) : JSON.stringify(body);
}

/** The first page is awaited, so that what fails there is answered as a failure. YAML is made of the whole. */
async function inPieces({ kind, pages }: Listing<string, unknown>, yaml: boolean): Promise<string | ReadableStream<Uint8Array>> {
  const left = pages[Symbol.asyncIterator]();
  const read: unknown[] = [];
  for (let page = await left.next(); page.done !== true; page = await left.next()) {
    if (!yaml && read.length > 0) return streamList(toList(kind, read), page.value, left);
    read.push(...page.value);
  }
  return inOne(toList(kind, read), yaml);
}

/** The rest of a list behind its first two pages, as fast as it is read. */
function streamList(first: object, second: readonly unknown[], left: AsyncIterator<readonly unknown[]>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const open = JSON.stringify(first).slice(0, -']}'.length);
  const send = (controller: ReadableStreamDefaultController<Uint8Array>, text: string): void => controller.enqueue(encoder.encode(text));
  const piece = (items: readonly unknown[]): string => items.map((item) => `,${JSON.stringify(item)}`).join('');
  let begun = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!begun) {
          begun = true;
          send(controller, open + piece(second));
          return;
        }
        const page = await left.next();
        send(controller, page.done === true ? ']}' : piece(page.value));
        if (page.done === true) controller.close();
      },
      async cancel() {
        await left.return?.();
      },
    },
    { highWaterMark: 0 },
  );
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
  if (error instanceof NamespaceGone) return errorResponse('notFound', error.message, path);
  logger.error({ err: error, path }, 'a request failed unexpectedly');
  if (isOutOfReach(error)) return errorResponse('unavailable', 'the database, or something else behind this API, does not answer: try again', path);
  return errorResponse('internal', 'an unexpected error occurred; the log of the server says more', path);
}

/** A connection that cannot be made, or broke; of PostgreSQL class 08, 28P01 (the password was changed), 57P0 (it stops or starts) and 53300 (too many connections). */
function isOutOfReach(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (/^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|08\w{3}|28P01|57P0[123]|53300)$/.test(code)) return true;
  return /^(timeout exceeded when trying to connect|Connection terminated)/.test(error.message);
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
