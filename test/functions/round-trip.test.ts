// What is read can be written again: the manual's complete example, and a whole namespace that is exported, deleted and applied.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, openStore } from './an-api.ts';
import type { Answer, Api } from './an-api.ts';
import { MANUAL_EXAMPLE } from './manual-example.ts';

let store: Store;
let api: Api;
beforeAll(async () => {
  store = await openStore();
  api = anApi(store, { settings: { loggingProfiles: { custom: '<Configuration/>' } } });
});
afterAll(() => store.close());

const target = (name: string) => ({ metadata: { name, labels: { zone: 'a' }, annotations: { note: 'of the test' } }, spec: { local: {} } });

describe('the complete example', () => {
  it('is given back as it was written, its kinds in upper case and what it left out filled in', async () => {
    const N = await api.namespace();
    await api.send('POST', `${N}/deployment-targets`, target('main'));
    const created = await api.yaml('POST', `${N}/deployments`, MANUAL_EXAMPLE);
    expect(created.status).toBe(201);
    const written = parse(MANUAL_EXAMPLE);
    const { template } = written.spec;
    const expected = {
      ...written.spec,
      upgradeStrategy: { kind: 'STATEFUL' },
      restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: true },
      template: {
        ...template,
        spec: {
          ...template.spec,
          artifact: { ...template.spec.artifact, kind: 'JAR' },
          logging: { ...template.spec.logging, log4j2ConfigurationTemplate: null },
        },
      },
    };
    for (const Accept of ['application/json', 'application/yaml']) {
      const { body } = await api.get(`${N}/deployments/click-counter`, { Accept });
      expect(body.spec).toEqual(expected);
      expect(body.metadata).toMatchObject(written.metadata);
      expect([body.kind, body.apiVersion]).toEqual(['Deployment', 'v1']);
    }
  });
});

const POD = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'main', image: null, ports: [{ containerPort: 1 }] }] } };
const PODS = {
  labels: { a: 'b' },
  nodeSelector: { zone: '1.0' },
  tolerations: [{ key: 'k', operator: 'Exists', tolerationSeconds: 7 }],
  affinity: { nodeAffinity: { x: [1, null] } },
  envVars: [
    { name: 'Z', value: '1.10' },
    { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
  ],
};

const stopped = { state: 'CANCELLED', deploymentTargetName: 'Main_1' };
const inTemplate = (artifact: object, more: object = {}) => ({ template: { spec: { artifact, ...more } } });
const JAR = { kind: 'jar', jarUri: 's3://b/${TOKEN}/job.jar', flinkVersion: 1.19, mainArgs: '--a "b: c" # d\n --e' };

/** In the order in which they can be made. */
const WRITTEN: readonly (readonly [string, readonly object[]])[] = [
  ['deployment-targets', [target('Main_1'), { metadata: { name: 'k8s' }, spec: { kubernetes: { namespace: 'jobs' } } }]],
  [
    'sessionclusters',
    [
      {
        metadata: { name: 'shared', labels: { env: 'test' } },
        spec: { state: 'STOPPED', deploymentTargetName: 'Main_1', kubernetes: { pods: PODS }, flinkVersion: 1.2 },
      },
      { metadata: { name: 'theirs' }, spec: { state: 'STOPPED', external: { url: 'http://flink.example.com:8081' } } },
    ],
  ],
  [
    'secret-values',
    [
      { metadata: { name: 'TOKEN', labels: { of: 'us' } }, spec: { kind: 'plain', value: 'a: "long" value\nin lines, 0644' } },
      { metadata: { name: 'PIN' }, spec: { kind: 'Plain', value: '012345' } },
    ],
  ],
  [
    'deployments',
    [
      aDocument({ metadata: { name: 'smallest' }, spec: { ...stopped, ...inTemplate(JAR) } }),
      {
        metadata: {
          displayName: 'Clicks: "per minute", größer als #1\n(yes)',
          labels: { env: 'test', yes: 'no', empty: '' },
          annotations: { 'drey.dev/keep-savepoints': '3', 'license/testing': 'false' },
        },
        spec: {
          ...stopped,
          jobFailureExpirationTime: '321 s',
          ...inTemplate(JAR, {
            kubernetes: { pods: PODS },
            disasterCheckpointsDelay: 2,
            flinkConfiguration: { a: '1.10', b: '0644', c: 'yes', d: 'null', '{{ jobId }}': '~' },
          }),
        },
      },
      aDocument({
        metadata: { name: 'templates' },
        spec: { ...stopped, ...inTemplate(JAR, { kubernetes: { jobManagerPodTemplate: POD, taskManagerPodTemplate: POD, labels: { a: '1' } } }) },
      }),
      aDocument({ metadata: { name: 'sql' }, spec: { ...stopped, ...inTemplate({ kind: 'SqlScript', sqlScript: 'INSERT INTO a\n  SELECT * FROM b;\n' }) } }),
      aDocument({
        metadata: { name: 'python' },
        spec: {
          ...stopped,
          ...inTemplate({ kind: 'python', pythonArtifactUri: 's3://b/x.py', entryModule: 'main', additionalPythonArchives: ['s3://b/v.zip'] }),
        },
      }),
      aDocument({
        metadata: { name: 'on-a-session' },
        spec: {
          state: 'CANCELLED',
          sessionClusterName: 'shared',
          deploymentTargetName: undefined,
          ...inTemplate(JAR, { logging: { loggingProfile: 'custom', log4jLoggers: { '': 'warn', 'com.example': 'DEBUG' } } }),
        },
      }),
    ],
  ],
];

interface Item {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>>; readonly [key: string]: unknown };
  readonly spec: unknown;
}
type Exported = Readonly<Record<string, readonly Item[]>>;

/** All that is the user's: what each write makes anew is left out. */
function meant({ metadata, spec }: Item): object {
  const { id: _id, createdAt: _created, modifiedAt: _modified, resourceVersion: _version, annotations, ...own } = metadata;
  const users = Object.entries(annotations).filter(([key]) => !key.startsWith('com.dataartisans.') && key !== 'drey.dev/because');
  return { metadata: { ...own, annotations: Object.fromEntries(users) }, spec };
}

async function exported(N: string): Promise<Exported> {
  const lists = WRITTEN.map(async ([collection]) => [collection, (await api.get(`${N}/${collection}`, { Accept: 'application/yaml' })).body.items] as const);
  const defaults = (await api.get(`${N}/deployment-defaults`, { Accept: 'application/yaml' })).body;
  return { ...Object.fromEntries(await Promise.all(lists)), 'deployment-defaults': [defaults] };
}

const allOf = (all: Exported): object => Object.fromEntries(Object.entries(all).map(([collection, items]) => [collection, items.map(meant)]));

async function fill(N: string): Promise<void> {
  await api.request(`${N}/deployment-targets/default`, { method: 'DELETE' });
  for (const [collection, documents] of WRITTEN) {
    for (const document of documents) expect((await api.send('POST', `${N}/${collection}`, document)).body).toMatchObject({ metadata: { resourceVersion: 1 } });
  }
  const defaults = {
    metadata: { labels: { a: 'b' }, annotations: { 'drey.dev/require-state': 'true' } },
    spec: { maxJobCreationAttempts: 9, ...inTemplate({ kind: 'JAR' }, { flinkConfiguration: { x: 'y' } }) },
  };
  expect((await api.send('PUT', `${N}/deployment-defaults`, defaults)).status).toBe(200);
  // Versions that an apply cannot know.
  expect((await api.send('PATCH', `${N}/deployments/smallest`, { spec: { template: { spec: { parallelism: 3 } } } })).status).toBe(200);
}

async function empty(N: string, all: Exported): Promise<void> {
  for (const [collection] of WRITTEN.toReversed()) {
    for (const { metadata } of all[collection] ?? []) {
      const answer = await api.request(`${N}/${collection}/${metadata.name}`, { method: 'DELETE' });
      expect([collection, metadata.name, answer.status, answer.body.message]).toEqual([collection, metadata.name, 200, undefined]);
    }
    expect((await api.get(`${N}/${collection}`)).body.items).toEqual([]);
  }
  // As the sweep does with one that is being removed and holds nothing any more.
  const name = N.split('/').at(-1) ?? '';
  await store.transaction((tx) => store.namespaces.delete(tx, name));
  expect((await api.send('POST', '/namespaces/v1/namespaces', { namespace: { name: `namespaces/${name}` } })).status).toBe(200);
}

const WRITERS: readonly (readonly [string, 'PUT' | 'POST', (item: object) => string])[] = [
  ['application/yaml', 'PUT', (item) => stringify(item)],
  ['application/yaml', 'POST', (item) => stringify(item)],
  ['application/json', 'PUT', (item) => JSON.stringify(item)],
  ['application/json', 'POST', (item) => JSON.stringify(item)],
];

describe('a whole namespace', () => {
  it.each(WRITERS)('that is exported, deleted, and applied in %s by %s is what it was', async (type, method, write) => {
    const N = await api.namespace();
    await fill(N);
    const before = await exported(N);
    await empty(N, before);
    const send = (path: string, item: object, by: string = method): Promise<Answer> =>
      api.request(path, { method: by, headers: { 'Content-Type': type }, body: write(item) });
    for (const [collection] of WRITTEN) {
      for (const item of before[collection] ?? []) {
        const answer = await send(method === 'PUT' ? `${N}/${collection}/${item.metadata.name}` : `${N}/${collection}`, item);
        expect([collection, item.metadata.name, answer.status, answer.body.message]).toEqual([collection, item.metadata.name, 201, undefined]);
      }
    }
    for (const item of before['deployment-defaults'] ?? []) {
      const answer = await send(`${N}/deployment-defaults`, item, 'PUT');
      expect([answer.status, answer.body.message]).toEqual([200, undefined]);
    }
    const after = await exported(N);
    expect(allOf(after)).toEqual(allOf(before));
    expect(Object.values(after).flat()).toHaveLength(13);
    // The defaults that came back are no reason to change what is there.
    expect((await api.get(`${N}/deployments/smallest`)).body.metadata.resourceVersion).toBe(1);
  });
});
