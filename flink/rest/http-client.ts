// One HTTP call to Flink: within a time limit, with a bounded answer, and never an exception for what the network or Flink does.
// It must never try again by itself: only its callers know whether a request may be repeated.
import { type Dispatcher, fetch, type FormData, request } from 'undici';
import { checkHost, FORBIDDEN_ADDRESS, type GuardSettings } from '../address-guard.ts';
import type { Answer, FlinkRest } from '../flink.ts';
import { toAnswer, unavailable } from './answers.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/v1`, with its query, every part already encoded. */
  readonly path: string;
  readonly json?: unknown;
  readonly form?: FormData;
  /** For the whole call, in milliseconds. */
  readonly limitMs?: number;
  /** Ends the waiting earlier. */
  readonly signal?: AbortSignal;
}

/** The JSON of a 2xx answer, not yet read. */
export type Ask = (call: Call) => Promise<Answer<unknown>>;

export interface HttpOptions {
  readonly dispatcher: Dispatcher;
  /** Without a slash at its end. */
  readonly url: string;
  readonly guard: GuardSettings;
  readonly limitMs: number;
  readonly maxAnswerBytes: number;
}

export function createAsk(options: HttpOptions): Ask {
  return async (call) => {
    if (call.signal?.aborted) return unavailable('given up before it was sent', false);
    const limitMs = call.limitMs ?? options.limitMs;
    const limit = AbortSignal.timeout(limitMs);
    const signal = call.signal === undefined ? limit : AbortSignal.any([limit, call.signal]);
    try {
      const { statusCode, body } = await request(allowed(options, `/v1${call.path}`), {
        dispatcher: options.dispatcher,
        method: call.method,
        signal,
        ...payloadOf(call),
      });
      const text = await readBody(body, options.maxAnswerBytes);
      return text === undefined ? unavailable(`an answer of more than ${options.maxAnswerBytes} bytes`, true) : toAnswer(statusCode, text);
    } catch (error) {
      if (limit.aborted) return unavailable(`no answer within ${limitMs} ms`, true);
      if (signal.aborted) return unavailable('given up waiting for the answer', true);
      return unavailable(networkReason(error), !neverLeft(error));
    }
  };
}

/** Bytes of a file that Flink sends whole. */
export type Download = (path: string, range: { readonly offset: number; readonly length: number }) => Promise<Answer<Buffer>>;

const DOWNLOAD_LIMIT_MS = 15_000;
/** What lies further back in a file is not waited for. */
const MOST_SKIPPED_BYTES = 512 * 1024 * 1024;

export function createDownload(options: HttpOptions): Download {
  const { dispatcher, maxAnswerBytes } = options;
  return async (path, range) => {
    if (range.offset > MOST_SKIPPED_BYTES) return unavailable(`the file is longer than ${MOST_SKIPPED_BYTES} bytes, and Flink sends it whole`, false);
    const signal = AbortSignal.timeout(DOWNLOAD_LIMIT_MS);
    try {
      const { statusCode, body } = await request(allowed(options, `/v1${path}`), { dispatcher, method: 'GET', signal });
      if (statusCode === 200) return { kind: 'done', value: await cut(body, range) };
      const answer = toAnswer(statusCode, (await readBody(body, maxAnswerBytes)) ?? '');
      return answer.kind === 'done' ? unavailable(`HTTP ${statusCode}, and not in the form of Flink`, true) : answer;
    } catch (error) {
      if (signal.aborted) return unavailable(`no answer within ${DOWNLOAD_LIMIT_MS} ms`, true);
      return unavailable(networkReason(error), !neverLeft(error));
    }
  };
}

export function createOpen(options: HttpOptions): FlinkRest['open'] {
  return async (path, signal) => {
    const answer = await fetch(allowed(options, path), { dispatcher: options.dispatcher, redirect: 'manual', headers: { Accept: '*/*' }, signal });
    return answer as unknown as Response;
  };
}

/** Throws where the address is none, or must not be asked. */
function allowed({ url, guard }: HttpOptions, path: string): URL {
  const whole = new URL(`${url}${path}`);
  checkHost(whole, guard);
  return whole;
}

/** Drops what comes before, and the connection once it has enough. */
async function cut(body: AsyncIterable<Buffer>, { offset, length }: { readonly offset: number; readonly length: number }): Promise<Buffer> {
  const kept: Buffer[] = [];
  let at = 0;
  for await (const chunk of body) {
    kept.push(chunk.subarray(Math.max(0, offset - at), Math.max(0, offset + length - at)));
    at += chunk.length;
    if (at >= offset + length) break;
  }
  return Buffer.concat(kept);
}

function payloadOf({ json, form }: Call): { body?: string | FormData; headers?: Record<string, string> } {
  if (form !== undefined) return { body: form };
  return json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
}

/** Undefined when there is more than `limit` bytes of it; the connection is then dropped. */
async function readBody(body: AsyncIterable<Buffer>, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Failures of the connecting alone: no byte of the request was written. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_INVALID_URL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  FORBIDDEN_ADDRESS,
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function neverLeft(error: unknown): boolean {
  return BEFORE_SENDING.has(codeOf(error));
}

function networkReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'connection refused';
  return message.includes(code) ? message : `${code}: ${message}`;
}
