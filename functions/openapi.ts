// The OpenAPI document, made from the table of routes. Describes; serves nothing.
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { API } from '../domain/api.schema.ts';
import type { Route } from '../domain/api.schema.ts';
import { errorSchema } from '../domain/system.schema.ts';
import { KEY_HEADER } from './once.ts';

const REASONS: Readonly<Record<number, string>> = { 200: 'Done', 201: 'Created', 202: 'Accepted', 503: 'Not ready' };
const MEDIA_TYPES = ['application/json', 'application/yaml'] as const;

export function createOpenApi(version: string): object {
  const app = new OpenAPIHono();
  for (const [name, route] of Object.entries(API) as [string, Route][]) app.openAPIRegistry.registerPath(createRoute(describe(name, route)));
  const info = {
    title: 'drey',
    version,
    description: 'A control plane for Apache Flink Deployments, compatible with the AppManager API of Ververica Platform 2.x.',
  };
  return app.getOpenAPI31Document({ openapi: '3.1.0', info });
}

function describe(name: string, route: Route) {
  const { method, path, about, query, body, upload } = route;
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, key = '']) => ({
    name: key,
    in: 'path' as const,
    required: true,
    schema: { type: 'string' as const },
  }));
  const keyed = method === 'post' && body !== undefined ? [requestKey] : [];
  return {
    method,
    path,
    operationId: name,
    summary: about,
    tags: [tagOf(path)],
    parameters: [...parameters, ...keyed, ...(isConditional(route) ? [ifMatch] : []), ...(route.textType === 'text/event-stream' ? [lastEventId] : [])],
    request: {
      ...(query === undefined ? {} : { query }),
      ...(upload === undefined ? {} : { body: fileOf(upload) }),
      ...(body === undefined ? {} : { body: { required: true, content: inEachFormat(body, method === 'patch' ? ['application/merge-patch+json'] : []) } }),
    },
    responses: { ...Object.fromEntries(route.codes.map((code) => [code, answerOf(code, route)])), default: errorAnswer },
  };
}

/** Resources of the AppManager API have versions. */
function isConditional({ method, path }: Route): boolean {
  return path.startsWith('/api/v1/') && (method === 'put' || method === 'patch' || method === 'delete');
}

function fileOf(upload: NonNullable<Route['upload']>) {
  const file = { type: 'string' as const, format: 'binary' };
  const form = { type: 'object' as const, properties: { file }, required: ['file'] };
  return { required: true, content: upload === 'form' ? { 'multipart/form-data': { schema: form } } : { 'application/octet-stream': { schema: file } } };
}

function tagOf(path: string): string {
  return /\{namespace\}\/([\w-]+)/.exec(path)?.[1] ?? (path.includes('/uploads/') ? 'artifacts' : 'platform');
}

function inEachFormat(schema: Route['answer'], also: readonly string[] = []) {
  return Object.fromEntries([...MEDIA_TYPES, ...also].map((type) => [type, { schema }]));
}

function answerOf(code: number, { answer, textType }: Route) {
  if (textType !== undefined) return { description: REASONS[code] ?? '', content: { [textType]: { schema: answer } } };
  return { description: REASONS[code] ?? '', content: inEachFormat(answer) };
}

const requestKey = {
  name: KEY_HEADER,
  in: 'header' as const,
  required: false,
  description: 'Sent again within a day with the same body, the request makes nothing new and is answered with what the first one made',
  schema: { type: 'string' as const, minLength: 1, maxLength: 255 },
};

const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header' as const,
  required: false,
  description: 'As browsers send it: go on behind this event, instead of the one in `after`',
  schema: { type: 'string' as const, format: 'uuid' },
};

const ifMatch = {
  name: 'If-Match',
  in: 'header' as const,
  required: false,
  description: 'The ETag of the version that is meant, or *: another one is answered with 412 and left as it is',
  schema: { type: 'string' as const },
};

const errorAnswer = { description: 'What is wrong', content: { 'application/json': { schema: errorSchema } } };
