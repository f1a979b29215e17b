// Logging over HTTP: what is wrong with it is said at once, with its place in the body.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../store/store.ts';
import { aDocument, anApi, openStore } from './an-api.ts';
import type { Api } from './an-api.ts';

let store: Store;
let api: Api;
let N: string;
beforeAll(async () => {
  store = await openStore();
  api = anApi(store, { settings: { loggingProfiles: { verbose: '<Configuration/>' } } });
  N = await api.namespace();
});
afterAll(() => store.close());

const aDeployment = (name: string, logging: object): object => ({
  ...aDocument({ metadata: { name } }),
  spec: { ...aDocument().spec, template: { spec: { ...aDocument().spec.template.spec, logging } } },
});
const aCluster = (name: string, logging: object): object => ({ metadata: { name }, spec: { deploymentTargetName: 'default', logging } });

describe.each([
  ['deployments', aDeployment, 'spec.template.spec.logging'],
  ['sessionclusters', aCluster, 'spec.logging'],
] as const)('logging of %s', (kind, document, field) => {
  it.each([
    [{ loggingProfile: 'loud' }, 'loggingProfile: there is no logging profile "loud"; known here are default, verbose'],
    [{ log4jLoggers: { 'com.example': 'LOUD' } }, 'log4jLoggers["com.example"]: must be one of OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE, ALL'],
    [{ log4jLoggers: { 'a b': 'INFO' } }, 'log4jLoggers["a b"]: is no name of a logger'],
    [{ log4j2ConfigurationTemplate: '<Configuration>{% if x %}</Configuration>' }, 'log4j2ConfigurationTemplate: {% if x %} in line 1 is not known here'],
    [{ log4j2ConfigurationTemplate: '<Configuration>' }, 'log4j2ConfigurationTemplate: <Configuration> is not closed'],
  ])('%j is refused', async (logging, message) => {
    const { status, body } = await api.send('POST', `${N}/${kind}`, document('refused', logging));
    expect([status, body.message]).toEqual([400, expect.stringContaining(`${field}.${message}`)]);
    expect((await api.get(`${N}/${kind}/refused`)).status).toBe(404);
  });

  it('comes back as it was sent, levels in upper case', async () => {
    const logging = { loggingProfile: 'verbose', log4jLoggers: { '': 'INFO', 'com.example': 'debug' } };
    expect((await api.send('POST', `${N}/${kind}`, document('kept', logging))).status).toBe(201);
    const { spec } = (await api.get(`${N}/${kind}/kept`)).body;
    const shown = kind === 'deployments' ? spec.template.spec.logging : spec.logging;
    expect(shown).toEqual({ loggingProfile: 'verbose', log4jLoggers: { '': 'INFO', 'com.example': 'DEBUG' }, log4j2ConfigurationTemplate: null });
  });

  it('of a profile that is gone keeps nobody from stopping what has it', async () => {
    const body = document('orphan', { loggingProfile: 'verbose' });
    await api.send('POST', `${N}/${kind}`, body);
    const later = anApi(store);
    const state = kind === 'deployments' ? 'CANCELLED' : 'STOPPED';
    expect((await later.send('PATCH', `${N}/${kind}/orphan`, { spec: { state } })).status).toBe(200);
    expect((await later.send('POST', `${N}/${kind}`, document('another', { loggingProfile: 'verbose' }))).status).toBe(400);
  });
});
