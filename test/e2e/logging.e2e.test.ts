// What spec.logging makes of the logs of a real Flink: levels by logger, a profile of one's own, and a console that is the job's alone.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { LoggingSpec } from '../../domain/logging.ts';
import { createLocalClusters } from '../../flink/clusters/local/create-local-clusters.ts';
import type { ClusterOrder, LocalClusterId } from '../../flink/flink.ts';

const VERSION = '1.20.0';
const { PATH = '', HOME = '', JAVA_HOME } = process.env;
const home = mkdtempSync(join(tmpdir(), 'drey-logging-'));

const MARKED = `<Configuration status="ERROR">
  <Appenders>
    <File name="File" fileName="\${sys:log.file}"><PatternLayout pattern="marked %p %m%n"/></File>
  </Appenders>
  <Loggers>
    {% for name, level in userConfiguredLoggers %}<Logger name="{{ name }}" level="{{ level }}"/>{% endfor %}
    <Root level="{{ rootLoggerLogLevel }}"><AppenderRef ref="File"/></Root>
  </Loggers>
</Configuration>`;

const clusters = createLocalClusters({
  home,
  cache: inject('dreyCache'),
  installationId: 'logging',
  webOrigin: 'http://127.0.0.1:8080',
  baseEnv: { PATH, HOME },
  loggingProfiles: { marked: MARKED },
  ...(JAVA_HOME !== undefined && { javaHome: JAVA_HOME }),
});
const started: LocalClusterId[] = [];

beforeAll(() => clusters.provision(VERSION, () => undefined));
afterAll(async () => {
  for (const id of started) await clusters.tearDown(id);
  rmSync(home, { recursive: true, force: true });
});

/** What the processes of a session cluster log, by file, once all of them are up. */
async function logsWith(logging: LoggingSpec): Promise<Readonly<Record<string, string>>> {
  const id = { kind: 'session', sessionClusterId: parseId<'SessionClusterId'>(randomUUID()), incarnation: 1 } as const;
  started.push(id);
  const order: ClusterOrder = {
    flinkVersion: VERSION,
    parallelism: 1,
    taskManagers: 1,
    resources: {},
    flinkConfiguration: {},
    logging: logging as ClusterOrder['logging'],
  };
  expect(await clusters.startSession(id.sessionClusterId, id.incarnation, order)).toEqual({ kind: 'done', value: true });
  const seen = await clusters.observe(id);
  if (seen.kind !== 'alive') throw new Error(JSON.stringify(seen));
  const up = async (): Promise<void> => {
    const overview = (await (await fetch(`${seen.url}/overview`)).json()) as { readonly 'slots-total': number };
    expect(overview['slots-total']).toBeGreaterThan(0);
  };
  await vi.waitFor(up, { timeout: 60_000, interval: 200 });
  await clusters.tearDown(id);
  const files = await clusters.logs(id).list();
  if (files.kind !== 'done') throw new Error(files.reason);
  const read = async ({ process, name, size }: (typeof files.value)[number]) => {
    const answer = await clusters.logs(id).read({ process, name }, { offset: 0, length: size });
    return [name, answer.kind === 'done' ? (answer.value?.toString('utf8') ?? '') : ''] as const;
  };
  return Object.fromEntries(await Promise.all(files.value.map(read)));
}

describe('a local cluster', () => {
  it('logs at INFO, each process into a file of its own, and prints nothing of it', async () => {
    const logs = await logsWith({});
    expect(Object.keys(logs)).toEqual(['jobmanager.log', 'jobmanager.out', 'taskmanager-1.log', 'taskmanager-1.out']);
    for (const name of ['jobmanager.log', 'taskmanager-1.log']) {
      expect(logs[name]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO  org\.apache\.flink/m);
      expect(logs[name]).not.toContain(' DEBUG ');
    }
    expect(logs['jobmanager.out']).not.toContain('INFO');
    expect(logs['taskmanager-1.out']).not.toContain('INFO');
  });

  it('logs what a logger of the user says, and nothing more of others', async () => {
    const logs = await logsWith({ log4jLoggers: { '': 'WARN', 'org.apache.flink.runtime.taskexecutor': 'DEBUG' } });
    expect(logs['taskmanager-1.log']).toMatch(/ DEBUG org\.apache\.flink\.runtime\.taskexecutor/);
    expect(logs['taskmanager-1.log']).not.toMatch(/ (DEBUG|INFO) +org\.apache\.flink\.(configuration|core)/);
    expect(logs['jobmanager.log']).not.toMatch(/ INFO +org\.apache\.flink/);
  });

  it.each([
    ['a profile of the operator', { loggingProfile: 'marked' }],
    ['a template in the spec', { log4j2ConfigurationTemplate: MARKED }],
  ])('logs by %s', async (_, logging) => {
    const logs = await logsWith({ ...logging, log4jLoggers: { 'org.apache.flink.runtime.taskexecutor': 'DEBUG' } });
    expect(logs['taskmanager-1.log']).toMatch(/^marked INFO /m);
    expect(logs['taskmanager-1.log']).toMatch(/^marked DEBUG /m);
  });
});
