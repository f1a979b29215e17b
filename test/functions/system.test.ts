// What the platform says about itself: health, readiness, metrics, defaults, the OpenAPI document and its console.
import { beforeAll, describe, expect, it } from 'vitest';
import { API } from '../../domain/api.schema.ts';
import { refusalsOf } from '../../functions/refusals.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
withApi((own) => ({ store, api, N } = own));

describe('health and readiness', () => {
  it('answers 200 while the process lives', async () => {
    for (const path of ['/healthz', '/api/v1/status']) {
      const { status, body } = await api.get(path);
      expect([status, body]).toEqual([200, { status: 'UP', version: '0.1.0' }]);
    }
  });

  it('is ready, or says why not with 503', async () => {
    expect((await api.get('/readyz')).body).toEqual({ ready: true, reasons: [] });
    const starting = anApi(store, { readiness: { ready: false, reasons: ['Flink 1.20.0 is being fetched'] } });
    const { status, body } = await starting.get('/readyz');
    expect([status, body]).toEqual([503, { ready: false, reasons: ['Flink 1.20.0 is being fetched'] }]);
  });
});

describe('POST /drey/v1/reconcile', () => {
  it('starts the sweep, 202', async () => {
    const { status } = await api.request('/drey/v1/reconcile', { method: 'POST' });
    expect([status, api.woken]).toEqual([202, ['sweep']]);
  });

  it('answers 503 when Temporal does not', async () => {
    const deaf = anApi(store, { temporalAnswers: false });
    const { status, body } = await deaf.request('/drey/v1/reconcile', { method: 'POST' });
    expect([status, body.message]).toEqual([503, expect.stringContaining('Temporal cannot be reached')]);
  });
});

describe('GET /metrics', () => {
  it('counts Deployments by state, the ones of no Deployment included', async () => {
    await api.send('POST', `${N}/deployments`, aDocument());
    const { status, headers, text } = await api.get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('drey_deployments{state="TRANSITIONING"} 1');
    expect(text).toContain('drey_deployments{state="FAILED"} 0');
  });
});

describe('GET /api/v1/global-deployment-defaults', () => {
  it('shows the built-in defaults with the configured ones over them (D9)', async () => {
    const configured = anApi(store, { settings: { defaults: { maxJobCreationAttempts: 9, template: { spec: { parallelism: 2 } } } } });
    const { status, body } = await configured.get('/api/v1/global-deployment-defaults');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'DeploymentDefaults',
      apiVersion: 'v1',
      spec: { state: 'RUNNING', maxSavepointCreationAttempts: 4, maxJobCreationAttempts: 9, template: { spec: { parallelism: 2 } } },
    });
  });
});

describe('the OpenAPI document', () => {
  // oxlint-disable-next-line typescript/no-explicit-any
  let document: any;
  beforeAll(async () => {
    document = (await api.get('/swagger.json')).body;
  });

  it('is the same at both places, and version 3.1', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect((await api.get('/api/swagger.json')).body).toEqual(document);
  });

  it('has every route with its parameters, body and answers', () => {
    const ids = new Set<string>();
    for (const [name, route] of Object.entries(API)) {
      const operation = document.paths[route.path]?.[route.method];
      expect(operation?.operationId, `${route.method} ${route.path}`).toBe(name);
      ids.add(operation.operationId);
      const inPath = operation.parameters.filter((parameter: { in: string }) => parameter.in === 'path').map((parameter: { name: string }) => parameter.name);
      expect(inPath).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, key]) => key));
      expect(Object.keys(operation.responses)).toEqual([...new Set([...route.codes, ...refusalsOf(route)].map(String))].toSorted());
      expect(operation.requestBody !== undefined).toBe('body' in route || 'upload' in route);
    }
    expect(ids.size).toBe(Object.keys(API).length);
    expect(Object.values<object>(document.paths).flatMap((path) => Object.keys(path))).toHaveLength(ids.size);
  });

  it('refers only to what it holds', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)].map(([, kind = '', name = '']) => ({ kind, name }));
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter(({ kind, name }) => document.components[kind]?.[name] === undefined)).toEqual([]);
  });

  it('shows the ETag of what has a version', () => {
    const headersOf = (path: string, method: string): unknown => Object.keys(document.paths[path][method].responses[200].headers ?? {});
    const one = '/api/v1/namespaces/{namespace}/deployments/{name}';
    expect(['get', 'put', 'patch', 'delete'].map((method) => headersOf(one, method))).toEqual([['ETag'], ['ETag'], ['ETag'], []]);
    expect(headersOf('/api/v1/namespaces/{namespace}/deployments', 'get')).toEqual([]);
  });

  it('shows errors in the style of their path, and those of access in one', () => {
    const schemaOf = (path: string, status: number): string => {
      const name = document.paths[path].get.responses[status].$ref.split('/').at(-1);
      return document.components.responses[name].content['application/json'].schema.$ref.split('/').at(-1);
    };
    const [apps, platform] = ['/api/v1/namespaces/{namespace}/deployments', '/namespaces/v1/namespaces/{namespace}'];
    expect([schemaOf(apps, 404), schemaOf(platform, 404), schemaOf(platform, 403)]).toEqual(['Error', 'PlatformError', 'Error']);
  });

  it('asks for a token where there is authentication, but not on open routes', async () => {
    expect(document.components.securitySchemes).toBeUndefined();
    const { body } = await anApi(store, { settings: { auth: { kind: 'tokens', admins: [] } } }).get('/swagger.json');
    expect(body.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
    for (const [, route] of Object.entries(API)) {
      expect(body.paths[route.path][route.method].security, route.path).toEqual(route.access === 'open' ? undefined : [{ bearer: [] }]);
    }
  });

  it('describes every field of a Deployment', () => {
    const { schemas } = document.components;
    expect(Object.keys(schemas.DeploymentSpec.properties)).toContain('jobFailureExpirationTime');
    expect(schemas.JarArtifact.required).toEqual(['kind', 'jarUri']);
    const map = { type: 'object', additionalProperties: { type: 'string' } };
    expect(schemas.DeploymentTemplateSpec.properties.flinkConfiguration).toEqual({ ...map, maxProperties: 5000 });
    expect(schemas.JarArtifact.properties.mainArgs.maxLength).toBe(500_000);
    expect(schemas.DeploymentTemplateSpec.properties.parallelism.maximum).toBe(32_768);
    expect(schemas.DeploymentSpec.properties.state.enum).toEqual(['RUNNING', 'SUSPENDED', 'CANCELLED']);
  });
});

describe('the API console', () => {
  it('is served with all its files from here', async () => {
    const page = await api.get('/swagger');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const files = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files).toHaveLength(4);
    for (const file of files) {
      expect(file).toMatch(/^\/swagger\//);
      expect((await api.get(file)).status).toBe(200);
    }
    expect((await api.get('/swagger/swagger-ui-bundle.js')).headers.get('content-type')).toContain('text/javascript');
  });

  it.each(['package.json', 'index.js', '..%2Fpackage.json', 'constructor'])('has no file %s', async (file) => {
    expect((await api.get(`/swagger/${file}`)).status).toBe(404);
  });
});

describe('a database that does not answer', () => {
  it.each([
    ['refuses connections', { code: 'ECONNREFUSED' }, 503],
    ['is stopped', { code: '57P01' }, 503],
    ['has too many connections', { code: '53300' }, 503],
    ['is slow to connect', { message: 'timeout exceeded when trying to connect' }, 503],
    ['cuts the connection', { message: 'Connection terminated unexpectedly' }, 503],
  ])('because it %s', async (_, fault, wanted) => {
    const find = (): Promise<never> => Promise.reject(Object.assign(new Error('of the database'), fault));
    const broken = anApi(Object.create(store, { namespaces: { value: { ...store.namespaces, find } } }) as Store);
    const { status, body } = await broken.get('/api/v1/namespaces/default/deployments');
    expect([status, JSON.stringify(body)]).toEqual([wanted, expect.not.stringContaining('of the database')]);
    expect(broken.logged).toHaveLength(1);
  });
});
