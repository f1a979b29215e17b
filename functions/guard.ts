// Keeps web pages of strangers from driving an API that has no authentication (design.md §9): by Host against DNS rebinding, by Origin and
// Content-Type against forged requests. Also limits the size of bodies and sets the security headers of every answer.
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Problem } from './problem.ts';
import { asCutOff, MAX_BODY_BYTES, mediaTypeOf } from './read-body.ts';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** What a form of another page can send without asking. */
const FORM_TYPES = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data'];
const UPLOAD_HEADER = 'X-Drey-Upload';

/** Below this path a sandboxed page of ours (Origin "null") reads, see flink-ui.ts. */
export const FLINK_UI = '/flinkui/';

/** Host names are compared without their port, unless the list gives one. */
function isOurs(host: string, allowedHosts: readonly string[]): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]@/?#]+)(?::\d{1,5})?$/.exec(host)?.[1];
  return name !== undefined && (LOOPBACK.includes(name) || allowedHosts.includes(name) || allowedHosts.includes(host));
}

/** A request line may hold a whole address, which counts more than the header. Its port is the proxy's affair. */
function namesUs({ hostname }: URL, allowedHosts: readonly string[]): boolean {
  return [...LOOPBACK, ...allowedHosts].some((ours) => ours.replace(/:\d{1,5}$/, '') === hostname);
}

export function refuseStrangers(allowed: readonly string[]): MiddlewareHandler {
  const allowedHosts = allowed.map((host) => host.toLowerCase());
  return async ({ req }, next) => {
    const host = (req.header('host') ?? new URL(req.url).host).toLowerCase();
    if (!isOurs(host, allowedHosts) || !namesUs(new URL(req.url), allowedHosts))
      throw new Problem('forbidden', `this server is not "${host}"; its operator can allow that name`);
    const origin = req.header('origin');
    const sandboxed = origin === 'null' && req.path.startsWith(FLINK_UI) && (req.method === 'GET' || req.method === 'HEAD');
    if (origin !== undefined && !sandboxed && !isOwnOrigin(origin, host, allowedHosts)) {
      throw new Problem('forbidden', `requests of pages from ${origin} are not accepted`);
    }
    const hasToken = /^bearer /i.test(req.header('authorization') ?? '');
    refuseForms(req.header('content-type'), hasToken || req.header(UPLOAD_HEADER) !== undefined);
    await next();
  };
}

/** The page came from this very server, or from a host that the operator named. */
function isOwnOrigin(origin: string, host: string, allowedHosts: readonly string[]): boolean {
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return url.host === host.replace(url.protocol === 'https:' ? /:443$/ : /:80$/, '') || allowedHosts.includes(url.host) || allowedHosts.includes(url.hostname);
}

/** `vouched`: the request has a header that no form of another page can send: a token, or the one that uploads need without. */
function refuseForms(contentType: string | undefined, vouched: boolean): void {
  const type = mediaTypeOf(contentType);
  if (type === undefined || !FORM_TYPES.includes(type) || (type === 'multipart/form-data' && vouched)) return;
  throw new Problem(
    'unsupportedMediaType',
    type === 'multipart/form-data'
      ? `send the header "${UPLOAD_HEADER}: 1" with an upload`
      : `the Content-Type ${type} is not accepted: send "Content-Type: application/json" or "Content-Type: application/yaml"`,
  );
}

const limit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new Problem('tooLarge', `the body is larger than ${MAX_BODY_BYTES} bytes`);
  },
});

/** Reads a body of unknown length, which may break off; what goes wrong behind it is answered there. */
export const limitBody: MiddlewareHandler = async (context, next) => {
  try {
    return await limit(context, next);
  } catch (error) {
    throw asCutOff(error);
  }
};

const HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** For answers that are data: nothing may be loaded from them, and no page may show them in a frame. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Sets what an answer has not set itself. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
  if (headers.has('Content-Security-Policy')) return;
  headers.set('Content-Security-Policy', DATA_POLICY);
  headers.set('X-Frame-Options', 'DENY');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
};
