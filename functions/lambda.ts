// The API behind an API Gateway HTTP API or a Lambda Function URL (events of payload format 2.0): the same app, and what the way there cannot
// carry is refused with a way out. Whatever an event holds, the answer is an HTTP answer: a function that throws is started anew for nothing.
import type { Writable } from 'node:stream';
import { Hono } from 'hono';
import { handle, streamHandle } from 'hono/aws-lambda';
import type { APIGatewayProxyResult, LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import type { Logger } from './deps.ts';
import { httpEvent, type HttpEvent } from './lambda-event.schema.ts';
import { Problem } from './problem.ts';
import { answerError } from './respond.ts';

export interface LambdaOptions {
  /** The HTTP app of this container. Rejects with a Problem while it cannot be had, and is asked again for the next request. */
  readonly open: () => Promise<{ fetch(request: Request): Response | Promise<Response> }>;
  readonly logger: Logger;
}

export type ApiHandler = (event: unknown, context?: LambdaContext) => Promise<APIGatewayProxyResult>;

/** Of an answer in one piece, with what stands around it. Lambda's own limit: 6 MB. */
const MOST_BYTES = 6_291_556;

/** Answers in one piece. */
export function createApiHandler(options: LambdaOptions): ApiHandler {
  const answer = handle(mounted(options));
  return async (event, context) => {
    const sound = readEvent(event);
    if (typeof sound === 'string') return refuse('invalid', sound, { path: '/', options });
    const result = await answer(sound as unknown as LambdaEvent, context);
    if (Buffer.byteLength(JSON.stringify(result)) <= MOST_BYTES) return result;
    return refuse('tooLarge', TOO_LARGE, { path: sound.rawPath, options });
  };
}

const TOO_LARGE =
  'the answer is larger than the 6 MB that Lambda passes on in one piece: take a list in pages with limit and continue, a log in parts with tail and offset, or ask through the Function URL, which streams';

/** Answers as they are written, for a Function URL with `RESPONSE_STREAM`. Made only where Lambda runs it: it needs Lambda's own `awslambda`. */
export function createStreamingApiHandler(options: LambdaOptions): unknown {
  // Marks what it is given as streaming, and returns it.
  const answer = streamHandle(mounted(options)) as unknown as StreamingHandler;
  return awslambda.streamifyResponse(async (event, stream, context) => {
    const sound = readEvent(event);
    if (typeof sound !== 'string') return answer(sound, stream, context);
    const { body, ...head } = await refuse('invalid', sound, { path: '/', options });
    awslambda.HttpResponseStream.from(stream, head).end(body);
  });
}

type StreamingHandler = (event: unknown, stream: Writable, context: unknown) => Promise<void>;

/** Of Lambda's runtime. */
declare const awslambda: {
  streamifyResponse(handler: StreamingHandler): StreamingHandler;
  readonly HttpResponseStream: { from(stream: Writable, head: object): Writable };
};

interface Bindings {
  readonly event?: { readonly requestContext?: { readonly stage?: string } };
}

function mounted({ open, logger }: LambdaOptions): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>();
  app.all('*', async ({ req, env }) => {
    const request = withoutStage(req.raw, env.event?.requestContext?.stage);
    try {
      const opened = await open();
      return await opened.fetch(request);
    } catch (error) {
      return answerError(error, new URL(request.url).pathname, logger);
    }
  });
  return app;
}

/** An API Gateway puts the name of its stage before each path, unless it is `$default`. */
function withoutStage(request: Request, stage: string | undefined): Request {
  const url = new URL(request.url);
  const prefix = `/${stage}/`;
  if (stage === undefined || stage === '$default' || !`${url.pathname}/`.startsWith(prefix)) return request;
  url.pathname = url.pathname.slice(prefix.length - 1);
  return new Request(url, request);
}

/** The event, or what is wrong with it. A body that was cut off is not what was sent. */
function readEvent(event: unknown): HttpEvent | string {
  const { success, data, error } = httpEvent.safeParse(event);
  if (!success) return `the event is none of an HTTP API or Function URL: ${error.issues[0]?.path.join('.') || 'all of it'} is missing or wrong`;
  const { body, isBase64Encoded } = data;
  if (!isBase64Encoded || !body) return data;
  return body.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(body) ? data : 'the body is no base64: it was changed or cut off on its way';
}

async function refuse(
  code: 'invalid' | 'tooLarge',
  message: string,
  { path, options }: { readonly path: string; readonly options: LambdaOptions },
): Promise<APIGatewayProxyResult> {
  const response = answerError(new Problem(code, message), path, options.logger);
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text(), isBase64Encoded: false };
}
