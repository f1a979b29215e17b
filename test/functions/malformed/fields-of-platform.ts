// The same for what has a style of its own: Savepoints, which are asked for and never changed, and the platform API's namespaces, tokens and artifacts.
import { field, type Field } from './fields.ts';
import * as is from './rules.ts';
import type { Malformed } from './rules.ts';

const UUID = '4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c1';
const NO_DEPLOYMENT = 'must be the id of a Deployment';
const NO_LOCATION = 'must be a URI such as "s3://bucket/savepoint-1" or an absolute path, without blanks at its ends and without ".."';
const BOTH = 'is missing; give both savepointLocation and flinkSavepointId to register a Savepoint that exists, or neither to take a new one';
const each = (values: readonly unknown[], words: string): readonly Malformed[] => values.map((value) => [JSON.stringify(value), value, words]);
const registered = (spec: object) => ({ spec: { savepointLocation: 's3://b/s', flinkSavepointId: UUID, ...spec } });

export const SAVEPOINT: readonly Field[] = [
  field('kind', is.literal('Savepoint')),
  field('apiVersion', is.literal('v1')),
  field('metadata.deploymentId', is.required(NO_DEPLOYMENT), each(['', 7, true, ['a'], {}], NO_DEPLOYMENT)),
  field('metadata.namespace', each(['elsewhere', 'a\u0007'], 'must be "…'), each([7, ['a']], 'must be text')),
  field('metadata.annotations', is.MAP),
  field('metadata.type', is.line(1024)),
  field('metadata', each(['x', ['a'], 7], 'must be a mapping'), [['an unknown field', { origins: 1 }, 'unknown field; known here are …', '.origins']]),
  field('spec', each(['x', 7, ['a']], 'must be a mapping'), [
    ['an unknown field', { location: 's3://b/s' }, 'unknown field; known here are savepointLocation, flinkSavepointId', '.location'],
    ['a location alone', { savepointLocation: 's3://b/s' }, BOTH, '.flinkSavepointId'],
    ['an id alone', { flinkSavepointId: UUID }, BOTH, '.savepointLocation'],
  ]),
  {
    ...field(
      'spec.savepointLocation',
      each(['', 'savepoint', ' s3://b/s', 's3://b/s ', 's3://b/\u0007', 'file:///a/../../etc', '/a/./b', 'file:///a//b', '..', 's3:', '///'], NO_LOCATION),
      each([7, true, ['a'], {}], 'must be text'),
      [['4097 characters', `/${'a'.repeat(4096)}`, 'must be at most 4096 characters long']],
    ),
    beside: registered({}),
  },
  { ...field('spec.flinkSavepointId', is.UUID), beside: registered({}) },
];

const NAMESPACE_NAME = 'must be "namespaces/" and 1 to 63 characters of a-z, 0-9 and "-", for example namespaces/staging';
const MEMBER = 'must be "user:<id>", "group:<name>" or "system:authenticated"';
const binding = (members: unknown): object => [{ role: 'viewer', members }];

export const NAMESPACE: readonly Field[] = [
  field(
    'name',
    each([7, true, ['a'], {}], 'must be text'),
    each(
      ['', 'a', 'namespaces/', 'namespaces/A', 'namespaces/-a', 'namespaces/a/b', 'namespaces/../a', 'namespaces/a\u0007', `namespaces/${'a'.repeat(64)}`],
      NAMESPACE_NAME,
    ),
  ),
  field('previewSessionClusterName', is.line(63), [['unheard of', 'nobody', 'there is no session cluster "nobody" in namespace …']]),
  field('roleBindings', each(['x', 7, { role: 'viewer' }], 'must be a list'), [
    ['text in it', ['viewer'], 'must be a mapping', '[0]'],
    ['no role', [{ members: [] }], 'is missing; it must be one of …', '[0].role'],
    ['no members', [{ role: 'viewer' }], 'is missing; it must be a list', '[0].members'],
    ['an unknown role', [{ role: 'root', members: [] }], 'must be one of …', '[0].role'],
    ['admin as a role', [{ role: 'admin', members: [] }], 'must be one of …', '[0].role'],
    ['an unknown field', [{ role: 'viewer', members: [], users: [] }], 'unknown field; known here are role, members', '[0].users'],
    ['members of text', binding('user:a'), 'must be a list', '[0].members'],
    ...['', 'ann', 'user:', 'user: a', 'USER:a', 'group:\u0007', 'system:everyone', 'user:a\nb', `user:${'a'.repeat(256)}`].map(
      (member): Malformed => [`the member ${JSON.stringify(member.slice(0, 20))}`, binding(['user:a', member]), MEMBER, '[0].members[1]'],
    ),
    ['a member that is a number', binding([7]), 'must be text', '[0].members[0]'],
    ['1001 members', binding(Array.from({ length: 1001 }, (_, i) => `user:${i}`)), 'must be at most 1000 members', '[0].members'],
    ['101 bindings', Array.from({ length: 101 }, () => ({ role: 'viewer', members: [] })), 'must be at most 100 role bindings'],
  ]),
  field('owner', [['which is unknown', 'me', 'unknown field; known here are name, roleBindings, previewSessionClusterName']]),
];

const TOKEN_NAME = 'must be "namespaces/<namespace>/apitokens/<token>", the token 1 to 250 characters of a-z, A-Z, 0-9, "-" and "_"';

export const API_TOKEN: readonly Field[] = [
  field(
    'name',
    is.required('is missing; it must be text'),
    each([7, true, ['a'], {}], 'must be text'),
    each(
      [
        '',
        'a',
        'namespaces/a/apitokens/',
        'namespaces/a/apitokens/b/c',
        'namespaces/a/apitokens/ä',
        'namespaces/a/apitokens/b\u0007',
        'namespaces/A/apitokens/b',
        `namespaces/a/apitokens/${'b'.repeat(251)}`,
      ],
      TOKEN_NAME,
    ),
  ),
  field('name', [['of another namespace', 'namespaces/default/apitokens/b', 'must start with "namespaces/…']]),
  field('role', is.required('is missing; it must be one of …'), each(['', 'admin', 'OWNER', 7, ['viewer'], 'viewer\u0007'], 'must be one of …')),
  field('expires', [['which is unknown', 'never', 'unknown field; known here are name, role']]),
];

export const PREVIEW: readonly Field[] = [
  field('previewSessionClusterName', is.required('is missing; it must be text'), is.line(63), [
    ['unheard of', 'nobody', 'there is no session cluster "nobody" in namespace …'],
  ]),
];

export const PRESIGN: readonly Field[] = [
  field(
    'filename',
    [['absent', undefined, 'is missing; it must be text']],
    each([null, 7, true, ['a'], {}], 'must be text'),
    each([''], 'must not be empty'),
    each(['..', '.', '../a.jar', '/etc/passwd', 'a/b.jar', 'a\\b.jar'], 'must be the name of a file, without folders'),
    each(['a\u0007.jar', 'a\n.jar'], 'must not contain control characters'),
    each([' a.jar', 'a.jar '], 'must neither start nor end with a blank'),
    [['256 bytes', 'ä'.repeat(128), 'must be at most 255 bytes long']],
  ),
  field('size', [['which is unknown', 7, 'unknown field; known here are filename']]),
];
