// What the platform tells of itself and of what Flink has: system-info, and resource usage as CSV.
import { describe, expect, it } from 'vitest';
import type { SessionClusterPhase } from '../../domain/session-cluster.ts';
import type { Store } from '../../store/store.ts';
import { aDocument, aJobOf, anApi, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';

const DAY = 86_400_000;
const dayOf = (instant: number) => new Date(instant).toISOString().slice(0, 10);
const today = Math.floor(Date.now() / DAY) * DAY;

let store: Store;
let api: Api;
let N: string;
let deployed = 0;
withApi((own) => ({ store, api, N } = own));

const resources = { jobmanager: { cpu: 0.5, memory: '1G' }, taskmanager: { cpu: 2, memory: '1G' } };

async function aDeployment(template: object = {}) {
  const artifact = { kind: 'JAR', jarUri: 'a' };
  const name = `clicks-${(deployed += 1)}`;
  const { body } = await api.send(
    'POST',
    `${N}/deployments`,
    aDocument({ metadata: { name }, spec: { template: { spec: { artifact, resources, ...template } } } }),
  );
  return body.metadata as { readonly id: string; readonly name: string };
}

async function aCluster(name: string, state: SessionClusterPhase, numberOfTaskManagers: number): Promise<void> {
  const { body } = await api.send('POST', `${N}/sessionclusters`, {
    metadata: { name },
    spec: { deploymentTargetName: 'default', numberOfTaskManagers, resources },
  });
  await store.transaction((tx) => store.sessionClusters.record(tx, body.metadata.id, { status: { state, because: '' } }));
}

describe('GET /api/v1/status/system-info', () => {
  const used = async (): Promise<number> => (await api.get('/api/v1/status/system-info')).body.status.resourceQuota.status.used.cpu;

  it('tells the version, the commit where it is known, and that nothing is limited', async () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const built = anApi(store, { settings: { revision: { commit } } });
    const { status, body } = await built.get('/api/v1/status/system-info');
    expect([status, body.kind, body.apiVersion]).toEqual([200, 'SystemInformation', 'v1']);
    expect(body.status).toMatchObject({
      jvmVersion: 'unknown',
      revisionInformation: { buildVersion: '0.1.0', buildTime: 'unknown', commitShaLong: commit, commitShaShort: '0123456' },
      resourceQuota: { kind: 'ResourceQuota', spec: { type: 'UNLIMITED' }, status: { used: { cpu: 0 } } },
    });
    expect((await api.get('/api/v1/status/system-info')).body.status.revisionInformation.commitShaLong).toBe('unknown');
  });

  it('adds up the CPU of live Jobs and of session clusters that run; Jobs on them cost nothing more', async () => {
    const alone = await aDeployment({ parallelism: 4, flinkConfiguration: { 'taskmanager.numberOfTaskSlots': '2' } });
    await aJobOf(store, alone.id, { change: { state: 'STARTED', submit: 'ACCEPTED' } });
    expect(await used()).toBe(0.5 + 2 * 2);
    await aCluster('shared', 'RUNNING', 3);
    await aCluster('stopped', 'STOPPED', 9);
    await aJobOf(store, (await aDeployment()).id, { change: { state: 'STARTED', submit: 'ACCEPTED' }, sessionCluster: 'shared' });
    await aJobOf(store, (await aDeployment()).id, { change: { state: 'FAILED', submit: 'ACCEPTED' } });
    expect(await used()).toBe(0.5 + 2 * 2 + 0.5 + 3 * 2);
  });
});

describe('GET /api/v1/status/resourceusage', () => {
  const rows = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .slice(1)
      .map((line) => line.split(','));
  const ask = (query: string) => api.get(`/api/v1/status/resourceusage${query}`);

  it('gives a line for each day and Deployment on which Jobs ran', async () => {
    const { id, name } = await aDeployment({ numberOfTaskManagers: 2 });
    const [from, noon] = [Date.parse('2026-03-01T00:00:00Z'), Date.parse('2026-03-01T12:00:00Z')];
    await aJobOf(store, id, { change: { state: 'FAILED', startedAt: noon, terminatedAt: noon + DAY } });
    await aJobOf(store, id, { change: { state: 'FAILED', startedAt: noon + DAY, terminatedAt: noon + DAY + 3_600_000 } });
    await aJobOf(store, id, { change: { state: 'FAILED', terminatedAt: noon } });
    const { status, headers, text } = await ask('?from=2026-03-01&to=2026-03-03');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(text).toMatch(/^# Resource usage from 2026-03-01 \(inclusive\) to 2026-03-03 \(exclusive\), UTC/);
    expect(text).toMatch(/^# Missing: Jobs that are no longer kept/m);
    expect(text).toMatch(/^date,namespace,deploymentName,deploymentId,jobs,runHours,cpuHours$/m);
    const namespace = N.split('/').at(-1);
    expect(rows(text)).toEqual([
      [dayOf(from), namespace, name, id, '1', '12.0000', '54.0000'],
      [dayOf(from + DAY), namespace, name, id, '2', '13.0000', '58.5000'],
    ]);
    expect(rows((await ask('?from=2026-03-02&to=2026-03-03')).text)).toHaveLength(1);
    expect(rows((await ask('?from=2026-03-03&to=2026-03-04')).text)).toEqual([]);
    const yaml = await api.get('/api/v1/status/resourceusage?from=2026-03-01&to=2026-03-03', { Accept: 'application/yaml' });
    expect([yaml.headers.get('content-type'), rows(yaml.text)]).toEqual(['text/csv; charset=utf-8', rows(text)]);
  });

  it('tells of the last seven days with today unless asked otherwise', async () => {
    expect((await ask('')).text).toContain(`from ${dayOf(today - 6 * DAY)} (inclusive) to ${dayOf(today + DAY)} (exclusive)`);
    expect((await ask(`?from=${dayOf(today)}`)).text).toContain(`from ${dayOf(today)} (inclusive) to ${dayOf(today + DAY)}`);
    expect((await ask('?to=2026-03-08')).text).toContain('from 2026-03-01 (inclusive) to 2026-03-08 (exclusive)');
  });

  it.each(['?from=2999-12-31', '?to=1970-01-01'])('has no line for days that are not: %s', async (query) => {
    const { status, text } = await ask(query);
    expect([status, rows(text)]).toEqual([200, []]);
  });

  it('counts a Job that still runs until now', async () => {
    const { id, name } = await aDeployment();
    await aJobOf(store, id, { change: { state: 'STARTED', startedAt: today - DAY } });
    const mine = rows((await ask('')).text).filter(([, , deployment]) => deployment === name);
    expect(mine[0]?.slice(0, 2)).toEqual([dayOf(today - DAY), N.split('/').at(-1)]);
    expect(Number(mine[0]?.[5])).toBe(24);
    expect(mine.length).toBeLessThanOrEqual(2);
  });

  it.each([
    ['?from=yesterday', 'from: must be a date such as "2026-01-31"'],
    ['?to=0000-01-01', 'to: must be a date from 1970 to 2999'],
    ['?from=9999-12-31', 'from: must be a date from 1970 to 2999'],
    ['?from=2026-02-30', 'from: must be a date'],
    ['?to=2026-1-1', 'to: must be a date'],
    ['?from=2026-01-01T00:00:00Z', 'from: must be a date'],
    ['?from=2026-03-03&to=2026-03-03', 'from: must be before to'],
    ['?from=2026-03-04&to=2026-03-03', 'from: must be before to'],
    ['?from=2020-01-01&to=2026-03-03', 'from: must be at most 366 days before to'],
  ])('%s is 400', async (query, message) => {
    const { status, body } = await ask(query);
    expect([status, body.message]).toEqual([400, expect.stringContaining(message)]);
  });
});
