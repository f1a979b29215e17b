// Logs of a Job over HTTP: the files of its processes, also after they ended, and never a secret or another file.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalClusters } from '../../flink/clusters/local/create-local-clusters.ts';
import { createFlinkRest } from '../../flink/rest/create-flink-rest.ts';
import type { Store } from '../../store/store.ts';
import { aFakeMachine } from '../flink/local-fakes.ts';
import { startFlinkSim } from '../flink-sim/start-flink-sim.ts';
import { aDocument, aJobOf, anApi, openStore } from './an-api.ts';
import type { Api } from './an-api.ts';

const SECRET = 'hunter2-hunter2';
const machine = aFakeMachine();
const rest = createFlinkRest();

let store: Store;
let api: Api;
let N: string;
let deploymentId: string;
beforeAll(async () => {
  store = await openStore();
  const clusters = createLocalClusters(machine.options);
  api = anApi(store, { flink: { local: { logs: (id) => clusters.logs(id) }, externalRest: (url) => rest.rest(url) } });
  N = await api.namespace();
  await api.send('POST', `${N}/secret-values`, { metadata: { name: 'PASSWORD' }, spec: { kind: 'Plain', value: SECRET } });
  const { spec, ...others } = aDocument();
  const template = { spec: { ...spec.template.spec, flinkConfiguration: { password: '${PASSWORD}' } } };
  const document = { ...others, spec: { ...spec, template } };
  deploymentId = (await api.send('POST', `${N}/deployments`, document)).body.metadata.id;
});
afterAll(async () => {
  await rest.close();
  await store.close();
});

const logsOf = (jobId: string): string => `${N.replace('/api/v1', '/drey/v1')}/jobs/${jobId}/logs`;

/** A Job that ended, whose processes left these files. */
async function aJobWith(files: Readonly<Record<string, string | Buffer>>): Promise<{ readonly id: string; readonly folder: string }> {
  const { id } = await aJobOf(store, deploymentId, { change: { state: 'FAILED' } });
  const folder = join(machine.folderOf({ kind: 'job', jobId: id }), 'log');
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return { id, folder };
}

describe('the logs of a Job on this machine', () => {
  it('are the files of its processes, also after it ended', async () => {
    const { id } = await aJobWith({
      'jobmanager.log': 'hello\n',
      'jobmanager.log.1': 'old\n',
      'taskmanager-2.out': 'printed\n',
      'notes.txt': 'mine',
      start: '{}',
    });
    const { status, body } = await api.get(logsOf(id));
    const modifiedAt = expect.stringMatching(/^20.*Z$/);
    expect([status, body]).toEqual([
      200,
      {
        kind: 'JobLogList',
        apiVersion: 'v1',
        metadata: {},
        items: [
          { process: 'jobmanager', name: 'jobmanager.log', kind: 'log', size: 6, modifiedAt },
          { process: 'jobmanager', name: 'jobmanager.log.1', kind: 'log', size: 4, modifiedAt },
          { process: 'taskmanager-2', name: 'taskmanager-2.out', kind: 'stdout', size: 8, modifiedAt },
        ],
      },
    ]);
    const log = await api.get(`${logsOf(id)}/taskmanager-2/taskmanager-2.out`);
    expect([log.status, log.text, log.headers.get('content-type'), log.headers.get('x-content-type-options')]).toEqual([
      200,
      'printed\n',
      'text/plain; charset=utf-8',
      'nosniff',
    ]);
  });

  it('are none before there was a process', async () => {
    const { id } = await aJobOf(store, deploymentId, { change: { state: 'FAILED' } });
    expect((await api.get(logsOf(id))).body.items).toEqual([]);
  });

  it('show their end, or a part, and say where it goes on', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `line ${i} — ü\n`).join('');
    const bytes = Buffer.from(text);
    const { id } = await aJobWith({ 'jobmanager.log': text });
    const path = `${logsOf(id)}/jobmanager/jobmanager.log`;
    const end = await api.get(path);
    expect(text.endsWith(end.text)).toBe(true);
    expect(Buffer.byteLength(end.text)).toBeGreaterThan(65_530);
    expect([end.headers.get('x-log-size'), end.headers.get('x-log-next-offset')]).toEqual([String(bytes.length), String(bytes.length)]);
    let read = '';
    for (let offset = '0'; Number(offset) < bytes.length; ) {
      const piece = await api.get(`${path}?offset=${offset}&tail=4999`);
      expect(piece.headers.get('x-log-offset')).toBe(offset);
      read += piece.text;
      offset = piece.headers.get('x-log-next-offset') ?? '';
    }
    expect(read).toBe(text);
    const beyond = await api.get(`${path}?offset=99999999`);
    expect([beyond.status, beyond.text]).toEqual([200, '']);
    for (const query of ['tail=0', 'tail=1048577', 'tail=x', 'offset=-1', 'offset=1.5']) expect((await api.get(`${path}?${query}`)).status, query).toBe(400);
  });

  it('show no secret, wherever a border cuts it', async () => {
    const text = `before ${SECRET} between ${SECRET}${SECRET} after`;
    const { id } = await aJobWith({ 'jobmanager.log': text });
    const path = `${logsOf(id)}/jobmanager/jobmanager.log`;
    const masked = 'before ****** between ************ after';
    for (let tail = 1; tail <= text.length; tail += 1) {
      let read = '';
      for (let offset = 0; offset < text.length; offset += tail) read += (await api.get(`${path}?offset=${offset}&tail=${tail}`)).text;
      expect(read).toBe(masked);
      expect(masked.endsWith((await api.get(`${path}?tail=${tail}`)).text)).toBe(true);
    }
  });

  it('are nothing but the files that are listed', async () => {
    const { id, folder } = await aJobWith({ 'jobmanager.log': 'hello\n', 'other.txt': 'mine' });
    symlinkSync('/etc/passwd', join(folder, 'jobmanager.link'));
    mkdirSync(join(folder, 'jobmanager.d'));
    expect((await api.get(logsOf(id))).body.items).toHaveLength(1);
    const tricks = [
      'jobmanager/other.txt',
      'jobmanager/jobmanager.link',
      'jobmanager/jobmanager.d',
      'taskmanager-1/jobmanager.log',
      '..%2Flog/jobmanager.log',
      '%2e%2e/start',
    ];
    for (const trick of [...tricks, 'jobmanager/..%2F..%2Fstart', 'jobmanager/%2Fetc%2Fpasswd', 'jobmanager/jobmanager.log%00', '%5C..%5C/jobmanager.log'])
      expect((await api.get(`${logsOf(id)}/${trick}`)).status, trick).toBe(404);
    expect((await api.get(`${logsOf('00000000-0000-4000-8000-000000000000')}`)).status).toBe(404);
  });

  it('of a session cluster are those of the cluster that ran it', async () => {
    await api.send('POST', `${N}/sessionclusters`, { metadata: { name: 'shared' }, spec: { deploymentTargetName: 'default' } });
    const job = await aJobOf(store, deploymentId, { sessionCluster: 'shared', change: { incarnation: 3, state: 'FAILED' } });
    if (job.place.kind !== 'session') throw new Error('not on a session cluster');
    const folder = join(machine.folderOf({ kind: 'session', sessionClusterId: job.place.sessionClusterId, incarnation: 3 }), 'log');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'taskmanager-1.log'), 'shared\n');
    expect((await api.get(`${logsOf(job.id)}/taskmanager-1/taskmanager-1.log`)).text).toBe('shared\n');
  });
});

describe('the logs of a Job on a cluster that others run', () => {
  it('are what Flink says while it answers, and not found afterwards', async () => {
    const sim = await startFlinkSim({});
    await api.send('POST', `${N}/sessionclusters`, { metadata: { name: 'theirs' }, spec: { external: { url: sim.url } } });
    const { id } = await aJobOf(store, deploymentId, { sessionCluster: 'theirs', change: { state: 'FAILED' } });
    const { items } = (await api.get(logsOf(id))).body;
    const processes = [...new Set(items.map(({ process }: { process: string }) => process))];
    expect(processes).toEqual(['jobmanager', '127.0.0.1:1-simulated']);
    const { text } = await api.get(`${logsOf(id)}/${encodeURIComponent(items[2].process)}/${items[2].name}?tail=10`);
    expect(text).toBe('lated log\n');
    await sim.close();
    const gone = await api.get(logsOf(id));
    expect([gone.status, gone.body.message]).toEqual([404, expect.stringContaining('its Flink cluster does not answer (')]);
  });
});
