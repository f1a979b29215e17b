// The OpenAPI document, made from the table of routes. Describes; serves nothing.
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { API } from '../domain/api.schema.ts';
import type { Route } from '../domain/api.schema.ts';
import { KEY_HEADER } from './once.ts';
import { isConditional, isGuarded, refusalsOf } from './refusals.ts';
import { refusalAnswers, refusalReference, refusalSchemas } from './refusal-answers.ts';

const REASONS: Readonly<Record<number, string>> = { 200: 'Done', 201: 'Created', 202: 'Accepted', 503: 'Not ready' };
const MEDIA_TYPES = ['application/json', 'application/yaml'] as const;
const SCHEME = 'bearer';

export interface DocumentOrder {
  readonly version: string;
  /** Tokens are asked for. */
  readonly withTokens: boolean;
}

export function createOpenApi({ version, withTokens }: DocumentOrder): object {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  for (const [name, schema] of refusalSchemas()) registry.registerComponent('schemas', name, schema);
  for (const [name, answer] of Object.entries(refusalAnswers())) registry.registerComponent('responses', name, answer);
  if (withTokens)
    registry.registerComponent('securitySchemes', SCHEME, {
      type: 'http',
      scheme: 'bearer',
      description: 'An API token, or a JWT where the operator takes them',
    });
  for (const [name, route] of Object.entries(API) as [string, Route][]) {
    const security = withTokens && isGuarded(route) ? { security: [{ [SCHEME]: [] }] } : {};
    registry.registerPath(createRoute({ ...describe(name, route), ...security }));
  }
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
    parameters: [
      ...parameters,
      ...keyed,
      ...(upload === 'form' ? [uploadHeader] : []),
      ...(isConditional(route) ? [ifMatch] : []),
      ...(route.textType === 'text/event-stream' ? [lastEventId] : []),
    ],
    request: {
      ...(query === undefined ? {} : { query }),
      ...(upload === undefined ? {} : { body: fileOf(upload) }),
      ...(body === undefined ? {} : { body: { required: true, content: inEachFormat(body, method === 'patch' ? ['application/merge-patch+json'] : []) } }),
    },
    responses: {
      ...Object.fromEntries(refusalsOf(route).map((status) => [status, refusalReference(status, path)])),
      ...Object.fromEntries(route.codes.map((code) => [code, answerOf(code, route)])),
    },
  };
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

function answerOf(code: number, route: Route) {
  const { answer, textType } = route;
  const description = REASONS[code] ?? '';
  if (textType !== undefined) return { description, content: { [textType]: { schema: answer } } };
  // What has a version tells it, but not when it is gone.
  const headers = hasVersion(answer) && route.method !== 'delete' ? { headers: { ETag: etag } } : {};
  return { description, ...headers, content: inEachFormat(answer) };
}

/** As far as a schema shows it: a resource, or one of several answers is one. */
interface Shown {
  readonly shape?: { readonly metadata?: { readonly shape?: object } };
  readonly options?: readonly Route['answer'][];
}

function hasVersion(answer: Route['answer']): boolean {
  const { shape, options = [] } = answer as Shown;
  return 'resourceVersion' in (shape?.metadata?.shape ?? {}) || options.some(hasVersion);
}

const requestKey = {
  name: KEY_HEADER,
  in: 'header' as const,
  required: false,
  description: 'Sent again within a day with the same body, the request makes nothing new and is answered with what the first one made',
  schema: { type: 'string' as const, pattern: '^[ -~]{1,255}$' },
};

const uploadHeader = {
  name: 'X-Drey-Upload',
  in: 'header' as const,
  required: false,
  description: 'Any value; needed where there is no authentication, so that no web page can upload',
  schema: { type: 'string' as const },
};

const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header' as const,
  required: false,
  description: 'As browsers send it: go on behind this event, instead of the one in `after`',
  schema: { type: 'string' as const, format: 'uuid' },
};

const TAG = String.raw`((W/)?"[!#-~]*"|\d{1,10})`;
const ETAGS = String.raw`^(\*|${TAG}(\s*,\s*${TAG})*)$`;

const ifMatch = {
  name: 'If-Match',
  in: 'header' as const,
  required: false,
  description: 'The ETag of the version that is meant, or *: another one is answered with 412 and left as it is',
  schema: { type: 'string' as const, pattern: ETAGS },
};

const etag = { description: 'The version of the resource, for If-Match; absent for a dry run', schema: { type: 'string' as const } };
