// How the OpenAPI document shows a refusal: one answer for each status and style of error (vvp.md §4.3), which all routes refer to.
import { platformErrorSchema } from '../domain/platform.schema.ts';
import { errorSchema } from '../domain/system.schema.ts';
import type { Refusal } from './refusals.ts';
import { isPlatformPath } from './respond.ts';

const STYLES = { Error: errorSchema, PlatformError: platformErrorSchema };

/** By name, as JSON Schema; of an unnamed copy, for a schema that has a name refers to itself. */
export function refusalSchemas() {
  return Object.entries(STYLES).map(([name, schema]) => {
    const { $schema: _, ...plain } = schema.strict().toJSONSchema();
    return [name, plain as { readonly type: 'object' }] as const;
  });
}

const NAMES: Readonly<Record<Refusal, readonly [name: string, description: string]>> = {
  400: ['Invalid', 'Something in the request is not as it must be; the message names each place'],
  401: ['Unauthorized', 'A token is missing, unknown or over'],
  403: ['Forbidden', 'Whoever asks may not do this here'],
  404: ['NotFound', 'There is nothing of that name'],
  405: ['MethodNotAllowed', 'The path is another one than it seems, and does not know the method'],
  409: ['Conflict', 'Not in the present state of what is there'],
  412: ['PreconditionFailed', 'The stored resource is not the version in If-Match'],
  413: ['TooLarge', 'The body is too large'],
  415: ['UnsupportedMediaType', 'The Content-Type is none that is read here'],
  429: ['TooManyRequests', 'More requests than one token or user may send'],
  431: ['HeadersTooLarge', 'The address and the headers are larger than 16 KiB; without a body'],
  503: ['Unavailable', 'Nothing was done: what is needed for it does not answer, or takes too long; try again'],
};

const HEADERS: Readonly<Partial<Record<Refusal, string>>> = { 401: 'WWW-Authenticate', 405: 'Allow' };

export function refusalReference(status: Refusal, path: string): { readonly $ref: string } {
  return { $ref: `#/components/responses/${nameOf(status, styleOf(status, path))}` };
}

/** By name. */
export function refusalAnswers() {
  const statuses = Object.keys(NAMES).map((status) => Number(status) as Refusal);
  const styles = ['Error', 'PlatformError'] as const;
  return Object.fromEntries(statuses.flatMap((status) => styles.map((style) => [nameOf(status, style), answerOf(status, style)])));
}

type Style = keyof typeof STYLES;

/** Who may not pass is told in the AppManager's style everywhere. */
function styleOf(status: number, path: string): Style {
  return isPlatformPath(path) && status !== 401 && status !== 403 ? 'PlatformError' : 'Error';
}

function nameOf(status: Refusal, style: Style): string {
  return `${style === 'Error' ? '' : 'Platform'}${NAMES[status][0]}`;
}

function answerOf(status: Refusal, style: Style) {
  const header = HEADERS[status];
  const headers = header === undefined ? {} : { headers: { [header]: { schema: { type: 'string' as const } } } };
  if (status === 431) return { description: NAMES[status][1] };
  return { description: NAMES[status][1], ...headers, content: { 'application/json': { schema: { $ref: `#/components/schemas/${style}` } } } };
}
