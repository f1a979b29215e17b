// Bad input: 4xx with a JSON message that names the JSON path and what would be right there; nothing is stored.
import { afterAll, describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
withApi((own) => ({ store, api, N } = own));
afterAll(async () => {
  expect((await api.get(`${N}/deployments`)).body.items).toEqual([]);
  expect(api.woken).toEqual([]);
  expect(api.logged).toEqual([]);
});

const inTemplate = (fields: object, artifact: object = {}) =>
  aDocument({ spec: { template: { spec: { artifact: { kind: 'JAR', jarUri: 'a', ...artifact }, ...fields } } } });

const FAULTS: readonly (readonly [string, object, string])[] = [
  [
    'an unknown field in the template',
    inTemplate({ foo: 1 }),
    'spec.template.spec.foo: unknown field; known here are artifact, parallelism, numberOfTaskManagers, resources, flinkConfiguration, logging, kubernetes, disasterCheckpointsDelay, latestCheckpointFetchInterval',
  ],
  ['an unknown field at the top', { ...aDocument(), specc: {} }, 'specc: unknown field; known here are kind, apiVersion, metadata, spec'],
  ['a misplaced field', { ...aDocument(), name: 'x' }, 'name: unknown field; known here are kind, apiVersion, metadata, spec'],
  ['an unknown key that JavaScript knows', inTemplate({ constructor: 1 }), 'spec.template.spec.constructor: unknown field; known here are artifact'],
  ['a spec that is text', { metadata: { name: 'a' }, spec: 'x' }, 'spec: must be a mapping'],
  ['no spec', { metadata: { name: 'a' } }, 'spec: is missing; it must be a mapping'],
  ['no template', aDocument({ spec: { template: null } }), 'spec.template: is missing; it must be a mapping'],
  ['no artifact', aDocument({ spec: { template: { spec: {} } } }), 'spec.template.spec.artifact: is missing; it must be a mapping'],
  [
    'an artifact without kind',
    inTemplate({}, { kind: undefined }),
    "spec.template.spec.artifact.kind: missing type id property 'kind'; it must be one of JAR, SQLSCRIPT, PYTHON",
  ],
  ['an unknown artifact', inTemplate({}, { kind: 'EXE' }), 'spec.template.spec.artifact.kind: must be one of JAR, SQLSCRIPT, PYTHON'],
  ['no jarUri', inTemplate({}, { jarUri: undefined }), 'spec.template.spec.artifact.jarUri: jarUri must not be null'],
  ['a jarUri of null', inTemplate({}, { jarUri: null }), 'spec.template.spec.artifact.jarUri: jarUri must not be null'],
  ['an empty jarUri', inTemplate({}, { jarUri: '' }), 'spec.template.spec.artifact.jarUri: jarUri must not be null'],
  [
    'a strategy without kind',
    aDocument({ spec: { restoreStrategy: { allowNonRestoredState: true } } }),
    "spec.restoreStrategy.kind: missing type id property 'kind'; it must be one of NONE, LATEST_SAVEPOINT, LATEST_STATE",
  ],
  ['an unknown strategy', aDocument({ spec: { upgradeStrategy: { kind: 'BLUE' } } }), 'spec.upgradeStrategy.kind: must be one of NONE, STATELESS, STATEFUL'],
  ['an unknown state', aDocument({ spec: { state: 'ON' } }), 'spec.state: must be one of RUNNING, SUSPENDED, CANCELLED'],
  [
    'a flag that is text',
    aDocument({ spec: { restoreStrategy: { kind: 'NONE', allowNonRestoredState: 'yes' } } }),
    'spec.restoreStrategy.allowNonRestoredState: must be true or false',
  ],
  [
    'a bad duration',
    aDocument({ spec: { jobFailureExpirationTime: '2 weeks' } }),
    'spec.jobFailureExpirationTime: must be {amount}{unit} with a unit of d, h, min, s, ms, µs or ns, for example "30 min"',
  ],
  ['a duration without unit', aDocument({ spec: { jobFailureExpirationTime: 5 } }), 'spec.jobFailureExpirationTime: must be {amount}{unit}'],
  ['a negative limit', aDocument({ spec: { maxJobCreationAttempts: -1 } }), 'spec.maxJobCreationAttempts: must be at least 1'],
  ['a limit of 0', aDocument({ spec: { maxSavepointCreationAttempts: 0 } }), 'spec.maxSavepointCreationAttempts: must be at least 1'],
  ['a limit beyond int32', aDocument({ spec: { maxJobCreationAttempts: 3e9 } }), 'spec.maxJobCreationAttempts: must be at most 2147483647'],
  ['a parallelism of 1.5', inTemplate({ parallelism: 1.5 }), 'spec.template.spec.parallelism: must be a whole number'],
  ['a parallelism that is text', inTemplate({ parallelism: 'many' }), 'spec.template.spec.parallelism: must be a number'],
  [
    'no memory',
    inTemplate({ resources: { jobmanager: { memory: '0g' } } }),
    'spec.template.spec.resources.jobmanager.memory: must be a memory size above 0, for example "1g", "1.5G" or "2048m"',
  ],
  ['a negative cpu', inTemplate({ resources: { taskmanager: { cpu: -1 } } }), 'spec.template.spec.resources.taskmanager.cpu: must be more than 0'],
  ['an absurd cpu', inTemplate({ resources: { taskmanager: { cpu: 1e9 } } }), 'spec.template.spec.resources.taskmanager.cpu: must be at most 10000'],
  ['a mapping as a configuration value', inTemplate({ flinkConfiguration: { 'a.b': { c: 1 } } }), 'spec.template.spec.flinkConfiguration["a.b"]: must be text'],
  ['null as a configuration value', inTemplate({ flinkConfiguration: { a: null } }), 'spec.template.spec.flinkConfiguration.a: must be text'],
  [
    'a list of dependencies that is text',
    inTemplate({}, { additionalDependencies: 'a.jar' }),
    'spec.template.spec.artifact.additionalDependencies: must be a list',
  ],
  [
    'a bad environment variable',
    inTemplate({ kubernetes: { pods: { envVars: [{ name: 'A' }, { value: 'x' }] } } }),
    'spec.template.spec.kubernetes.pods.envVars[1].name: is missing; it must be text',
  ],
  [
    'pods and pod templates at once',
    inTemplate({ kubernetes: { pods: {}, jobManagerPodTemplate: {} } }),
    'spec.template.spec.kubernetes.pods: give either pods or the two pod templates, not both',
  ],
  [
    'two places at once',
    aDocument({ spec: { sessionClusterName: 'x' } }),
    'spec: must name only one of deploymentTargetName, deploymentTargetId, sessionClusterName',
  ],
  [
    'no place at all',
    aDocument({ spec: { deploymentTargetName: undefined } }),
    'spec: must name where to run: deploymentTargetName, deploymentTargetId or sessionClusterName',
  ],
  ['a target id that is none', aDocument({ spec: { deploymentTargetName: undefined, deploymentTargetId: 'x' } }), 'spec.deploymentTargetId: must be a UUID'],
  [
    'a name with capitals',
    aDocument({ metadata: { name: 'Clicks' } }),
    'metadata.name: must be 1 to 63 characters of a-z, 0-9 and "-", and neither start nor end with "-"',
  ],
  ['a name that starts with a hyphen', aDocument({ metadata: { name: '-a' } }), 'metadata.name: must be 1 to 63'],
  ['a name of 64 characters', aDocument({ metadata: { name: 'a'.repeat(64) } }), 'metadata.name: must be 1 to 63'],
  ['an empty name', aDocument({ metadata: { name: '' } }), 'metadata.name: must be 1 to 63'],
  ['no name at all', aDocument({ metadata: { name: undefined } }), 'metadata.name: is missing; give a name, or a displayName that a name can be made of'],
  ['another namespace', aDocument({ metadata: { namespace: 'other' } }), 'metadata.namespace: must be "ns-'],
  ['another kind', { ...aDocument(), kind: 'Job' }, 'kind: must be Deployment'],
  ['another apiVersion', { ...aDocument(), apiVersion: 'v2' }, 'apiVersion: must be v1'],
  ['a label that is a list', aDocument({ metadata: { labels: { a: [] } } }), 'metadata.labels.a: must be text'],
  ['NUL in a value', aDocument({ metadata: { displayName: 'a\0b' } }), 'metadata.displayName: must not contain the NUL character'],
  ['half a character', aDocument({ metadata: { labels: { a: '\ud800' } } }), 'metadata.labels.a: must not contain half of a character (a lone surrogate)'],
];

describe('a document with', () => {
  it.each(FAULTS)('%s is refused with 400', async (_, document, message) => {
    const answer = await api.send('POST', `${N}/deployments`, document);
    expect(answer.body.message).toContain(message);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.body).toEqual({ timestamp: expect.any(Number), status: 400, error: 'Bad Request', message: expect.any(String), path: `${N}/deployments` });
  });

  it('many faults names ten of them and counts the rest', async () => {
    const wrong = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`f${i}`, 1]));
    const { body } = await api.send('POST', `${N}/deployments`, { ...aDocument(), ...wrong });
    expect(body.message.split('; f')).toHaveLength(10);
    expect(body.message).toMatch(/; and 4 more$/);
  });

  it('a __proto__ key is refused and changes nothing', async () => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"spec":{"__proto__":{"x":1}}}' };
    const { status, body } = await api.request(`${N}/deployments`, init);
    expect([status, body.message]).toEqual([400, 'spec.__proto__: is no name for a field']);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('unknown fields loses them where the server is lenient (D6)', async () => {
    const lenient = anApi(store, { settings: { lenient: true } });
    const other = await api.namespace();
    const document = { ...aDocument({ spec: { status: 'x', deploymentTargetName: 'default' } }), extra: 1 };
    const created = await lenient.send('POST', `${other}/deployments`, document);
    expect([created.status, created.body.spec.status]).toEqual([201, undefined]);
    const patched = await lenient.send('PATCH', `${other}/deployments/clicks`, {
      spec: { status: 'CANCELLED', template: { spec: { artifact: { jar: 'x' } } } },
    });
    expect(patched.status).toBe(200);
    const bad = await lenient.send('PATCH', `${other}/deployments/clicks`, { spec: { extra: 1, state: 'ON' } });
    expect([bad.status, bad.body.message]).toEqual([400, 'spec.state: must be one of RUNNING, SUSPENDED, CANCELLED']);
  });
});
