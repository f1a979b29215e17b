// The role table of vvp.md §1.10, written out a second time: resource by resource, who may do which verb.
import { describe, expect, it } from 'vitest';
import { mayDo, nameOf, type Place, type Principal, type Resource, type Verb } from '../../domain/access.ts';

const VERBS: readonly Verb[] = ['List', 'Get', 'Create', 'Update', 'Delete'];
const PLACE: Place = {
  name: 'staging',
  roleBindings: [
    { role: 'viewer', members: ['system:authenticated'] },
    { role: 'editor', members: ['group:devs', 'user:erin'] },
    { role: 'owner', members: ['user:olga'] },
  ],
};
const ELSEWHERE: Place = { name: 'production', roleBindings: [] };

const user = (id: string, groups: readonly string[] = [], isAdmin = false): Principal => ({ kind: 'user', id, groups, isAdmin });
const token = (role: 'viewer' | 'editor' | 'owner'): Principal => ({ kind: 'token', name: 't', namespace: 'staging', role });

/** Letters for List, Get, Create, Update, Delete. */
const TABLE: readonly (readonly [Resource, { readonly viewer: string; readonly editor: string; readonly owner: string; readonly admin: string }])[] = [
  ['Artifact', { viewer: 'LG', editor: 'LGCUD', owner: 'LGCUD', admin: '' }],
  ['ApiToken', { viewer: '', editor: '', owner: 'LGCUD', admin: '' }],
  ['DeploymentDefaults', { viewer: 'G', editor: 'G', owner: 'LGCUD', admin: '' }],
  ['DeploymentTarget', { viewer: 'LG', editor: 'LG', owner: 'LGCUD', admin: '' }],
  ['FlinkUi', { viewer: 'LG', editor: 'LGCUD', owner: 'LGCUD', admin: '' }],
  ['Namespace', { viewer: '', editor: '', owner: 'GU', admin: 'LGCUD' }],
  ['SecretValue', { viewer: '', editor: 'LGCUD', owner: 'LGCUD', admin: '' }],
  ['Deployment', { viewer: 'LG', editor: 'LGCUD', owner: 'LGCUD', admin: '' }],
  ['Job', { viewer: 'LG', editor: 'LGCUD', owner: 'LGCUD', admin: '' }],
  ['Savepoint', { viewer: 'LG', editor: 'LGCUD', owner: 'LGCUD', admin: '' }],
  ['Event', { viewer: 'LG', editor: 'LGCUD', owner: 'LGCUD', admin: '' }],
  ['SessionCluster', { viewer: 'LG', editor: 'LGCUD', owner: 'LGCUD', admin: '' }],
];

function allowed(principal: Principal, resource: Resource, place: Place | undefined): string {
  return VERBS.filter((verb) => mayDo(principal, [resource, verb], place))
    .map((verb) => verb[0])
    .join('');
}

describe.each(TABLE)('%s', (resource, row) => {
  it.each(['viewer', 'editor', 'owner'] as const)('of its namespace may be used by a %s as the table says, and by a token of that role', (role) => {
    const bound = { name: 'staging', roleBindings: [{ role, members: ['user:ann'] }] };
    expect([allowed(user('ann'), resource, bound), allowed(token(role), resource, PLACE)]).toEqual([row[role], row[role]]);
  });

  it('may be used by an admin as the table says, everywhere', () => {
    expect(allowed(user('root', [], true), resource, ELSEWHERE)).toBe(row.admin);
    expect(allowed(user('root', [], true), resource, undefined)).toBe(row.admin);
  });

  it('of another namespace may not be used with a role in this one', () => {
    for (const somebody of [token('owner'), user('olga'), user('erin', ['devs'])]) expect(allowed(somebody, resource, ELSEWHERE)).toBe('');
  });

  it('may be used by everyone without authentication', () => {
    expect(allowed({ kind: 'everyone' }, resource, PLACE)).toBe('LGCUD');
  });
});

describe('role bindings', () => {
  it.each([
    ['a user by id', user('olga'), true],
    ['another user', user('olg'), false],
    ['somebody who calls himself like the binding', user('user:olga'), false],
  ])('name %s', (_, somebody, isOwner) => {
    expect(mayDo(somebody, ['ApiToken', 'Create'], PLACE)).toBe(isOwner);
  });

  it('name the members of a group, and everybody who is authenticated', () => {
    expect(mayDo(user('x', ['devs']), ['Deployment', 'Update'], PLACE)).toBe(true);
    expect(mayDo(user('x', ['dev']), ['Deployment', 'Update'], PLACE)).toBe(false);
    expect(mayDo(user('x'), ['Deployment', 'List'], PLACE)).toBe(true);
  });

  it('do not count for tokens: those have their own role only', () => {
    expect(mayDo({ kind: 'token', name: 'user:olga', namespace: 'production', role: 'owner' }, ['Deployment', 'List'], PLACE)).toBe(false);
  });
});

describe('what is for admins only', () => {
  it('is refused to owners', () => {
    expect([mayDo(user('olga'), 'admin', PLACE), mayDo(token('owner'), 'admin', PLACE), mayDo(user('root', [], true), 'admin', undefined)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

it('names principals as the audit log shows them', () => {
  expect([nameOf({ kind: 'everyone' }), nameOf(user('ann')), nameOf({ ...token('viewer'), name: 'namespaces/a/apitokens/b' } as Principal)]).toEqual([
    'anonymous',
    'user:ann',
    'namespaces/a/apitokens/b',
  ]);
});
