// Every answer that a test gets is held against the contract, domain/api.schema.ts: its status is declared, and its body is what the schema says, no more and no less.
import { expect } from 'vitest';
import { API } from '../../domain/api.schema.ts';
import type { Route, RouteName } from '../../domain/api.schema.ts';
import { platformErrorSchema } from '../../domain/platform.schema.ts';
import { errorSchema } from '../../domain/system.schema.ts';
import { refusalsOf } from '../../functions/refusals.ts';
import { isPlatformPath } from '../../functions/respond.ts';

interface Asked {
  readonly method: string | undefined;
  readonly path: string;
}

interface Given {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
}

const OPERATIONS = (Object.keys(API) as RouteName[]).map((name) => {
  const route: Route = API[name];
  return { name, route, pattern: new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+?')}$`) };
});

/** Undefined for what is no operation of the API: other pages, unknown paths and methods. */
function operationOf({ method = 'GET', path }: Asked) {
  const asked = method === 'HEAD' ? 'get' : method.toLowerCase();
  const { pathname } = new URL(path, 'http://localhost');
  return OPERATIONS.find(({ route, pattern }) => route.method === asked && pattern.test(pathname));
}

/** Flink answers there. */
const FLINK_UI = '/flinkui/';

/** The status is one that the OpenAPI document declares. */
export function expectDeclared(asked: Asked, { status }: { readonly status: number }): void {
  const operation = operationOf(asked);
  if (operation === undefined) return;
  const { name, route } = operation;
  expect([...route.codes, ...refusalsOf(route)], `statuses of ${name}, ${asked.path}`).toContain(status);
}

/** The body parses to itself: a field that the schema does not know would get lost, and one that is not in its final form would change. */
export function expectInContract(asked: Asked, { status, text, body }: Given): void {
  const { pathname } = new URL(asked.path, 'http://localhost');
  if (text === '' || pathname.startsWith(FLINK_UI)) return;
  const operation = operationOf(asked);
  const codes: readonly number[] = operation?.route.codes ?? [];
  const schema = codes.includes(status) ? operation?.route.answer : errorSchemaOf(status, pathname);
  if (schema === undefined) return;
  const place = `${asked.method ?? 'GET'} ${asked.path}, ${operation?.name ?? 'no operation'}, ${status}`;
  const parsed = schema.safeParse(body);
  expect(parsed.error?.issues, place).toBeUndefined();
  expect(body, place).toEqual(parsed.data);
}

/** A field that only a later release knows is given back as it was stored (scenario G9): no contract of this one has it. */
const OF_A_LATER_RELEASE = '"laterField"';

/** An answer in JSON, read and held against the contract. */
export async function readInContract(asked: Asked, answer: Response) {
  const { status, headers } = answer;
  const text = await answer.text();
  const body: unknown = JSON.parse(text === '' ? '{}' : text);
  if (!text.includes(OF_A_LATER_RELEASE)) expectInContract(asked, { status, text, body });
  return { status, headers, body };
}

function errorSchemaOf(status: number, pathname: string): Route['answer'] | undefined {
  if (status < 400) return undefined;
  return isPlatformPath(pathname) && status !== 401 && status !== 403 ? platformErrorSchema : errorSchema;
}
