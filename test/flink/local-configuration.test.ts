// What a local cluster is configured with: whose keys win, how values are written, what the JVMs are told. No process is started.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jobId } from '../fixtures/an-id.ts';
import { argumentFile } from '../../flink/clusters/local/argument-file.ts';
import { jobManagerArguments } from '../../flink/clusters/local/cluster-plan.ts';
import { clusterSettings } from '../../flink/clusters/local/cluster-settings.ts';
import { configFile, isBefore } from '../../flink/clusters/local/flink-yaml.ts';
import { type JvmOrder, jvmFlags } from '../../flink/clusters/local/jvm-flags.ts';
import { memorySettings } from '../../flink/clusters/local/memory-settings.ts';
import { parseMemorySize } from '../../flink/clusters/local/memory-size.ts';
import { choosePorts } from '../../flink/clusters/local/ports.ts';
import { findRelease, findReleases, newestFirst } from '../../flink/clusters/local/releases.ts';
import { anApplication } from './local-fakes.ts';

const place = { folder: '/home/drey/clusters/jobs/j', ports: { rest: 1, rpc: 2, blob: 3 }, webOrigin: 'http://127.0.0.1:8080' };

function settings(
  flinkConfiguration: Record<string, string>,
  { flinkVersion = '1.20.0', kind = 'application' as 'application' | 'session' } = {},
): Record<string, string | undefined> {
  return clusterSettings({ order: { flinkVersion, parallelism: 3, flinkConfiguration }, kind, slots: 2, place });
}

describe('the configuration of a cluster', () => {
  it('passes on what the user set', () => {
    expect(settings({ 'pipeline.name': 'mine', 'rest.server.numThreads': '7' })).toMatchObject({ 'pipeline.name': 'mine', 'rest.server.numThreads': '7' });
  });

  it('does not let the user take over what is the cluster’s own', () => {
    const stolen = { 'rest.bind-address': '0.0.0.0', 'rest.port': '80', 'web.submit.enable': 'true', 'io.tmp.dirs': '/etc', 'heartbeat.timeout': '1 h' };
    expect(settings({ ...stolen, 'web.access-control-allow-origin': '*', 'taskmanager.numberOfTaskSlots': '2' })).toMatchObject({
      'rest.bind-address': '127.0.0.1',
      'rest.port': '1',
      'web.submit.enable': 'false',
      'io.tmp.dirs': '/home/drey/clusters/jobs/j/tmp',
      'heartbeat.timeout': '10 s',
      'web.access-control-allow-origin': 'http://127.0.0.1:8080',
      'taskmanager.numberOfTaskSlots': '2',
    });
  });

  it('knows no high availability', () => {
    const keys = Object.keys(settings({ 'high-availability': 'vvp-kubernetes', 'high-availability.type': 'zookeeper', 'high-availability.storageDir': '/ha' }));
    expect(keys.filter((key) => key.startsWith('high-availability'))).toEqual([]);
  });

  it('keeps an application’s JobManager up and a session open for submits', () => {
    expect(settings({})).toMatchObject({ 'execution.shutdown-on-application-finish': 'false', 'parallelism.default': '3' });
    const session = settings({}, { kind: 'session' });
    expect(session['web.submit.enable']).toBe('true');
    expect(session).not.toHaveProperty('execution.shutdown-on-application-finish');
  });

  it('spells keys as the version prefers, and the newer spelling wins', () => {
    const both = { 'state.checkpoints.dir': '/old', 'execution.checkpointing.dir': '/new', 'state.backend': 'rocksdb' };
    expect(settings(both)).toMatchObject({ 'execution.checkpointing.dir': '/new', 'state.backend.type': 'rocksdb' });
    expect(settings(both)).not.toHaveProperty('state.checkpoints.dir');
    expect(settings({ 'execution.checkpointing.dir': '/new' }, { flinkVersion: '1.19.1' })).toMatchObject({ 'state.checkpoints.dir': '/new' });
  });
});

describe('the configuration file', () => {
  const nasty = { 'a.b': 'x: y # z', quotes: `"'\\`, lines: 'one\ntwo\r\tthree', empty: '', unicode: 'ü€😀\u0085\u2028', yes: 'true', 'odd key: #': '{a}' };

  it('gives every value back as it was', () => {
    expect(parse(configFile('1.20.0', nasty).text)).toEqual(nasty);
    expect(configFile('2.3.0', nasty).text).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('is the old one before 1.19, which refuses what it cannot hold', () => {
    expect(configFile('1.18.1', { b: '2', a: '1' })).toEqual({ name: 'flink-conf.yaml', text: 'a: 1\nb: 2\n' });
    expect(() => configFile('1.18.1', { a: 'x # y' })).toThrow('Flink before 1.19');
  });

  it('compares versions by numbers', () => {
    expect(isBefore('1.9', '1.19')).toBe(true);
    expect(isBefore('1.20.0', '1.20')).toBe(false);
    expect(isBefore('2.0', '1.20.3')).toBe(false);
  });
});

describe('memory', () => {
  it.each([
    ['1g', 1024 ** 3],
    ['1G', 1024 ** 3],
    ['1.5g', 1.5 * 1024 ** 3],
    ['2048m', 2 * 1024 ** 3],
    ['1Gi', 1024 ** 3],
    ['512 mb', 512 * 1024 ** 2],
    ['100', 100],
    ['much', undefined],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseMemorySize(text)).toBe(bytes);
  });

  it('comes from the resources, unless the user set a total', () => {
    const resources = { jobmanager: { memory: '1g' }, taskmanager: { memory: '2g' } };
    const order = { resources, parallelism: 8, flinkConfiguration: { 'taskmanager.memory.flink.size': '900m', 's3.secret-key': 'x' } };
    expect(memorySettings(order, 8)).toEqual({
      'jobmanager.memory.process.size': '1073741824b',
      'taskmanager.memory.flink.size': '900m',
      'taskmanager.numberOfTaskSlots': '8',
    });
  });

  it.each([
    [1, 1, '8m'],
    [2, 4, '16m'],
    [1, 64, undefined],
    [8, 8, undefined],
  ])('for %d slots at parallelism %d takes %s for the network', (slots, parallelism, min) => {
    const found = memorySettings({ resources: {}, parallelism, flinkConfiguration: {} }, slots);
    expect(found['taskmanager.memory.network.min']).toBe(min);
  });
});

describe('the JVMs', () => {
  const order: JvmOrder = {
    java: { path: '/java', version: 17, fingerprint: '' },
    flinkVersion: '1.20.0',
    memory: ['-Xmx1g'],
    archive: undefined,
    process: 'taskmanager',
    flinkConfiguration: {},
    logFolder: '/log',
  };

  it('are told what their Java needs', () => {
    const allow = '-Djava.security.manager=allow';
    const flags = [17, 21, 25].map((version) => jvmFlags({ ...order, java: { ...order.java, version } }));
    expect(flags.map((each) => each.includes(allow))).toEqual([false, true, false]);
    expect(jvmFlags(order)).toContain('--add-exports=java.base/sun.net.util=ALL-UNNAMED');
    expect(jvmFlags({ ...order, flinkVersion: '2.3.0' })).not.toContain('--add-exports=java.base/sun.net.util=ALL-UNNAMED');
  });

  it('take the user’s flags last, and no collector of ours beside the user’s', () => {
    const flinkConfiguration = { 'env.java.opts.all': '-Da="b c" -XX:+UseG1GC', 'env.java.opts.taskmanager': '-Db=2', 'env.java.opts.jobmanager': '-Dc=3' };
    const flags = jvmFlags({ ...order, flinkConfiguration });
    expect(flags.slice(-3)).toEqual(['-Da=b c', '-XX:+UseG1GC', '-Db=2']);
    expect(flags).not.toContain('-XX:+UseSerialGC');
    expect(jvmFlags(order)).toContain('-XX:+UseSerialGC');
  });

  it('read arguments from a file that keeps them as they are', () => {
    expect(argumentFile(['plain', 'a b', '"q"\\', 'l\ne', '', '@x', '# y'])).toBe(
      ['"plain"', '"a b"', String.raw`"\"q\"\\"`, String.raw`"l\ne"`, '""', '"@x"', '"# y"', ''].join('\n'),
    );
  });

  it('hand the program’s arguments over behind a "--"', () => {
    const memory = { jobManager: { flags: [], args: ['-D', 'a=1'] }, taskManager: { flags: [], args: [] } };
    const dependencies = ['/j/1/lib.jar', '/j/2/data.csv'].map((path) => ({ path, sha256: '' }));
    const artifact = { path: '/j/my job,1.jar', sha256: '', bytes: 1, dependencies };
    const application = anApplication({ artifact, entryClass: 'a.Main', savepointPath: 'file:///s p', allowNonRestoredState: true, mainArgs: ['-D', 'x'] });
    expect(jobManagerArguments({ memory, purpose: { kind: 'application', jobId: jobId(1), order: application } }).join('|')).toBe(
      '-D|a=1|--job-id|0190aaaa000070008000000000000001|--jars|local:///j/my%20job%2C1.jar,local:///j/1/lib.jar|--job-classname|a.Main|' +
        '--fromSavepoint|file:///s p|--allowNonRestoredState|--|-D|x',
    );
  });
});

describe('versions', () => {
  const releases = findReleases({ cache: '/cache' });

  it('are the embedded ones, newest first', () => {
    expect(releases.map(({ version }) => version)).toEqual(['2.3.0', '1.20.0']);
    expect(newestFirst(['1.9.0', '2.0.0', '1.20.0'])).toEqual(['2.0.0', '1.20.0', '1.9.0']);
  });

  it.each([
    [undefined, '1.20.0'],
    ['1.20', '1.20.0'],
    ['1.20.0', '1.20.0'],
    ['1', '1.20.0'],
    ['1.2', undefined],
    ['1.20.1', undefined],
  ])('%s is run by %s', (wanted, version) => {
    expect(findRelease(releases, wanted)?.version).toBe(version);
  });

  it('refuse a FLINK_HOME without Flink', () => {
    expect(() => findReleases({ cache: '/cache', flinkHome: '/nowhere' })).toThrow('FLINK_HOME /nowhere holds no Flink');
  });
});

describe('ports', () => {
  it('are different ones, also for two clusters that start at once', async () => {
    const found = (await Promise.all([choosePorts(3), choosePorts(3), choosePorts(3)])).flat();
    expect(new Set(found).size).toBe(9);
  });
});
