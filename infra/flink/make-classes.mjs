// Makes the list of classes that every start of a Flink version loads: `node infra/flink/make-classes.mjs 1.20.0` runs an example job with
// JobManager and TaskManager on this machine, stops it with a savepoint, and writes classes.gz. Run by hand, with Java 17 and Maven; never by
// the platform. The list is a hint for `java -Xshare:dump`: classes that another Java does not know are passed over.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const version = process.argv[2] ?? '';
const recipe = join(import.meta.dirname, version);
const folder = mkdtempSync(join(tmpdir(), 'drey-classes-'));
const lib = join(folder, 'lib');
const url = 'http://127.0.0.1:23081';

const SETTINGS = {
  'jobmanager.rpc.address': '127.0.0.1',
  'jobmanager.rpc.port': '23082',
  'blob.server.port': '23083',
  'rest.address': '127.0.0.1',
  'rest.port': '23081',
  'taskmanager.host': '127.0.0.1',
  'io.tmp.dirs': folder,
  'process.working-dir': join(folder, 'work'),
  'user.artifacts.base-dir': join(folder, 'artifacts'),
  'execution.shutdown-on-application-finish': 'false',
  'execution.checkpointing.interval': '1 s',
  'execution.checkpointing.dir': `file://${folder}/checkpoints`,
  'cluster.registration.error-delay': '200 ms',
  'taskmanager.cpu.cores': '1.0',
  'taskmanager.memory.task.heap.size': '128m',
  'taskmanager.memory.task.off-heap.size': '0m',
  'taskmanager.memory.framework.heap.size': '128m',
  'taskmanager.memory.framework.off-heap.size': '128m',
  'taskmanager.memory.network.min': '32m',
  'taskmanager.memory.network.max': '32m',
  'taskmanager.memory.managed.size': '0m',
  'taskmanager.memory.jvm-metaspace.size': '192m',
  'taskmanager.memory.jvm-overhead.min': '64m',
  'taskmanager.memory.jvm-overhead.max': '64m',
};

/** @param {readonly string[]} args */
function maven(...args) {
  execFileSync('mvn', ['-B', '-C', '-q', ...args], { stdio: 'inherit' });
}

/**
 * @param {string} name
 * @param {readonly string[]} program
 */
function start(name, program) {
  const opens = ['lang', 'net', 'io', 'nio', 'lang.reflect', 'text', 'time', 'util', 'util.concurrent', 'util.concurrent.atomic', 'util.concurrent.locks'];
  const flags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-XX:DumpLoadedClassList=${join(folder, name)}.classes`, '-Dlog4j2.disableJmx=true'];
  const modules = opens.map((each) => `--add-opens=java.base/java.${each}=ALL-UNNAMED`);
  const log = [`-Dlog.file=${join(folder, name)}.log`, `-Dlog4j.configurationFile=${join(folder, 'log4j.properties')}`];
  const jars = readdirSync(lib)
    .toSorted()
    .map((jar) => join(lib, jar));
  const child = spawn('java', [...flags, ...modules, ...log, '-cp', jars.join(':'), ...program], { stdio: 'ignore' });
  return { child, ended: new Promise((resolve) => child.on('exit', resolve)) };
}

/**
 * @param {string} path
 * @param {object} [body]
 */
async function ask(path, body) {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${url}${path}`, body === undefined ? {} : post);
  return /** @type {any} */ (await response.json());
}

/** @param {() => Promise<boolean>} isTrue */
async function until(isTrue) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await isTrue().catch(() => false)) return;
    await sleep(100);
  }
  throw new Error('the job did not get as far as it should');
}

/** Asks for everything that the platform asks for. */
async function run() {
  let id = '';
  await until(async () => {
    const [job] = (await ask('/jobs/overview')).jobs;
    id = job.jid;
    return job.tasks.running === 2;
  });
  await until(async () => (await ask(`/jobs/${id}/checkpoints`)).counts.completed > 1);
  for (const path of ['/config', '/overview', '/taskmanagers', `/jobs/${id}`, `/jobs/${id}/exceptions`, `/jobs/${id}/metrics?get=numRestarts`]) await ask(path);
  const { 'request-id': trigger } = await ask(`/jobs/${id}/stop`, { targetDirectory: `file://${folder}/savepoints`, drain: false });
  await until(async () => (await ask(`/jobs/${id}/savepoints/${trigger}`)).status.id === 'COMPLETED');
}

try {
  maven('-f', join(recipe, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${lib}`);
  maven('dependency:copy', `-Dartifact=org.apache.flink:flink-examples-streaming:${version}:jar:TopSpeedWindowing`, `-DoutputDirectory=${folder}`);
  mkdirSync(join(folder, 'work'));
  writeFileSync(
    join(folder, 'config.yaml'),
    Object.entries(SETTINGS)
      .map(([key, value]) => `${key}: "${value}"\n`)
      .join(''),
  );
  const appender = ['type = RollingFile', 'name = F', `fileName = \${sys:log.file}`, `filePattern = \${sys:log.file}.%i`, 'layout.type = PatternLayout'];
  const policies = [
    'policies.type = Policies',
    'policies.size.type = SizeBasedTriggeringPolicy',
    'policies.size.size = 5MB',
    'strategy.type = DefaultRolloverStrategy',
  ];
  const lines = [...appender, ...policies].map((line) => `appender.f.${line}`);
  writeFileSync(join(folder, 'log4j.properties'), [...lines, 'rootLogger.level = INFO', 'rootLogger.appenderRef.f.ref = F', ''].join('\n'));
  const jar = readdirSync(folder).find((name) => name.endsWith('.jar'));
  const application = 'org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint';
  const running = [
    start('jobmanager', [application, '--configDir', folder, '--jars', `file://${folder}/${jar}`]),
    start('taskmanager', ['org.apache.flink.runtime.taskexecutor.TaskManagerRunner', '--configDir', folder]),
  ];
  try {
    await run();
  } finally {
    for (const { child } of running) child.kill('SIGTERM');
    await Promise.all(running.map(({ ended }) => ended));
  }
  const classes = ['jobmanager', 'taskmanager'].flatMap((name) => readFileSync(`${join(folder, name)}.classes`, 'utf8').split('\n'));
  const list = [...new Set(classes)].filter((line) => line !== '' && !line.startsWith('#'));
  writeFileSync(join(recipe, 'classes.gz'), gzipSync(`${list.join('\n')}\n`, { level: 9 }));
  process.stdout.write(`${version}: ${list.length} lines\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
