// The check of every answer, which must be able to fail.
import { expect, it } from 'vitest';
import { API } from '../../domain/api.schema.ts';
import { expectDeclared, expectInContract } from './in-contract.ts';

function given(status: number, body: unknown) {
  return { status, body, text: JSON.stringify(body) };
}

const health = { method: 'GET', path: '/healthz' };
const error = { timestamp: 0, status: 404, error: 'Not Found', message: 'there is none', path: '/' };
const platformError = { code: 'NOT_FOUND', description: 'there is none', cause: null, ok: false };

it('takes what the schema says', () => {
  expectInContract(health, given(200, { status: 'UP', version: '1' }));
  expectInContract({ method: 'GET', path: '/api/v1/namespaces/a/deployments/b' }, given(404, error));
  expectInContract({ method: 'GET', path: '/namespaces/v1/namespaces/a' }, given(404, platformError));
});

it.each([
  ['a field that is missing', health, given(200, { status: 'UP' })],
  ['a field that nobody knows', health, given(200, { status: 'UP', version: '1', more: 1 })],
  [
    'a word in another form than it is stored',
    { method: 'GET', path: '/api/v1/global-deployment-defaults' },
    given(200, { kind: 'DeploymentDefaults', apiVersion: 'v1', metadata: {}, spec: { state: 'running' } }),
  ],
  ["an error in the other API's style", { method: 'GET', path: '/namespaces/v1/namespaces/a' }, given(404, error)],
  ['an error with more in it', { method: 'GET', path: '/nowhere' }, given(404, { ...error, trace: [] })],
] as const)('refuses %s', (_, asked, answer) => {
  expect(() => expectInContract(asked, answer)).toThrow(asked.path);
});

it('refuses a status that the operation does not declare, and names it', () => {
  expectDeclared(health, { status: 200 });
  expect(() => expectDeclared({ ...health, path: '/healthz?a=b' }, { status: 201 })).toThrow('statuses of getHealth');
});

it('knows each operation by its method and path', () => {
  for (const [name, { method, path }] of Object.entries(API)) {
    const asked = { method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'some') };
    expect(() => expectDeclared(asked, { status: 500 })).toThrow(`statuses of ${name},`);
  }
});
