// Artifacts behind http: and https:. Follows at most five redirects, each through the same guard; bounded in size and time.
// Never sends a password to another host than the one it was given for, and never shows one.
import { Agent, type Dispatcher, request } from 'undici';
import type { Answer } from '../flink.ts';
import { checkHost, ForbiddenAddress, guardedLookup, type GuardSettings } from '../address-guard.ts';
import { withoutPassword } from './artifact-uri.ts';
import { later, messageOf, refused, tooLarge } from './refusals.ts';
import { type Saved, saveStream, TooLarge, type Watch } from './save-stream.ts';

export interface HttpSettings extends GuardSettings {
  /** For one artifact as a whole, in milliseconds. */
  readonly limitMs: number;
}

export interface HttpOrder {
  readonly url: URL;
  readonly target: string;
}

const MAX_REDIRECTS = 5;
/** Nothing at all for so long ends the attempt. */
const SILENCE_MS = 30_000;
const TRY_AGAIN = new Set([408, 425, 429]);

export async function fetchHttp(order: HttpOrder, settings: HttpSettings, watch: Watch): Promise<Answer<Saved>> {
  const limit = AbortSignal.timeout(settings.limitMs);
  const signal = AbortSignal.any([watch.signal, limit]);
  const agent = new Agent({ connect: { lookup: guardedLookup(settings), timeout: 10_000 }, headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS });
  const shown = withoutPassword(order.url.href);
  try {
    return await follow(order, { agent, settings, watch: { ...watch, signal } });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (cause instanceof ForbiddenAddress) return refused(`${shown} is not fetched: ${cause.message}`);
    if (cause instanceof TooLarge) return tooLarge(shown, watch.maxBytes);
    if (limit.aborted) return later(`${shown} did not arrive within ${Math.round(settings.limitMs / 1000)} s`);
    return later(`${shown} could not be fetched: ${messageOf(cause)}`);
  } finally {
    await agent.destroy();
  }
}

interface Session {
  readonly agent: Dispatcher;
  readonly settings: HttpSettings;
  readonly watch: Watch;
}

async function follow({ url: first, target }: HttpOrder, session: Session): Promise<Answer<Saved>> {
  let url = first;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await ask(url, url.origin === first.origin ? first : undefined, session);
    const next = redirectOf(response, url);
    if (next === undefined) return receive(response, { url, target }, session.watch);
    await response.body.dump();
    if (next.protocol !== 'http:' && next.protocol !== 'https:')
      return refused(`${withoutPassword(first.href)} leads to ${next.protocol}, which is not followed`);
    url = next;
  }
  return refused(`${withoutPassword(first.href)} leads on more than ${MAX_REDIRECTS} times`);
}

/** `from`: whose user name and password are sent along. */
function ask(url: URL, from: URL | undefined, { agent, settings, watch }: Session): Promise<Dispatcher.ResponseData> {
  checkHost(url, settings);
  const given = from !== undefined && (from.username !== '' || from.password !== '');
  const secret = given ? Buffer.from(`${decodeURIComponent(from.username)}:${decodeURIComponent(from.password)}`).toString('base64') : undefined;
  return request(`${url.origin}${url.pathname}${url.search}`, {
    dispatcher: agent,
    signal: watch.signal,
    headers: { accept: '*/*', 'user-agent': 'drey', ...(secret !== undefined && { authorization: `Basic ${secret}` }) },
  });
}

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData, from: URL): URL | undefined {
  const { location } = headers;
  if (statusCode < 300 || statusCode > 399 || typeof location !== 'string' || !URL.canParse(location, from.href)) return undefined;
  return new URL(location, from);
}

async function receive(response: Dispatcher.ResponseData, { url, target }: HttpOrder, watch: Watch): Promise<Answer<Saved>> {
  const { statusCode, headers, body } = response;
  const shown = withoutPassword(url.href);
  if (statusCode !== 200) {
    await body.dump();
    const reason = `${shown} answered with status ${statusCode}`;
    return statusCode >= 500 || TRY_AGAIN.has(statusCode) ? later(reason) : refused(reason, statusCode);
  }
  if (Number(headers['content-length'] ?? 0) > watch.maxBytes) {
    body.on('error', () => undefined).destroy();
    return tooLarge(shown, watch.maxBytes);
  }
  return { kind: 'done', value: await saveStream(body, target, watch) };
}
