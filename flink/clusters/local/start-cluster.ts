// Uses the right to start a local cluster, at most once ever: choose everything, take the right, write the files, start the processes,
// note them. Whoever crashes in between leaves a cluster that is found by its mark, or one that is proven never to have run.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CONSOLE_LEVEL_PROPERTY } from '../../../domain/logging.ts';
import type { Answer } from '../../flink.ts';
import { argumentFile } from './argument-file.ts';
import { type ClusterFolder, readStart, takeRight, type TaskManagerRecord, writeExitCode, writeRecord } from './cluster-folder.ts';
import { type ClusterPlan, jobManagerArguments, planCluster, type Purpose } from './cluster-plan.ts';
import { type ClusterPlace, clusterSettings } from './cluster-settings.ts';
import { configFile } from './flink-yaml.ts';
import type { Host } from './host.ts';
import { jvmFlags } from './jvm-flags.ts';
import { choosePorts } from './ports.ts';
import { identityOf, type ProcessIdentity } from './processes.ts';
import { JOB_MANAGER, spawnJvm } from './spawn-jvm.ts';
import { spawnTaskManager, TASK_MANAGER_ARGUMENTS, type TaskManagerJvm } from './task-managers.ts';
import { whileStarting } from './starting.ts';

const APPLICATION = 'org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint';
const SESSION = 'org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint';
const TASK_MANAGER = 'org.apache.flink.runtime.taskexecutor.TaskManagerRunner';
const JOB_MANAGER_ARGUMENTS = 'jobmanager.args';

/** Done also when the right was used before, by whomever. Unavailable: this machine lacks something; the right is not used then. */
export async function startCluster(host: Host, folder: ClusterFolder, purpose: Purpose): Promise<Answer<true>> {
  if ((await readStart(folder)) !== undefined) return DONE;
  const plan = await planCluster(host, purpose).catch(later);
  if (plan.kind !== 'done') return plan;
  const [rest = 0, rpc = 0, blob = 0] = await choosePorts(3);
  const place = { folder: folder.path, ports: { rest, rpc, blob }, webOrigin: host.webOrigin };
  const spawner = await identityOf(process.pid);
  if (spawner === undefined) throw new Error('this process does not find itself in the list of processes');
  await whileStarting(folder.path, async () => {
    const mine = await takeRight(folder, {
      by: 'start',
      installationId: host.installationId,
      spawner,
      url: `http://127.0.0.1:${rest}`,
      flinkVersion: plan.value.release.version,
      java: plan.value.java.path,
      taskManagerCount: purpose.order.taskManagers,
    });
    if (mine) await bringUp(host, { folder, plan: plan.value, place });
  });
  return DONE;
}

const DONE = { kind: 'done', value: true } as const;

function later(error: unknown): Answer<never> {
  return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error), mayHaveArrived: false };
}

interface Ready {
  readonly folder: ClusterFolder;
  readonly plan: ClusterPlan;
  readonly place: ClusterPlace;
}

/** From here on the right is used: when nothing could be started, that is noted, and the cluster counts as gone. */
async function bringUp(host: Host, ready: Ready): Promise<void> {
  const { folder } = ready;
  const jobManager = await bringUpJobManager(host, ready).catch((error: unknown) => {
    const failure = `the JobManager could not be started: ${error instanceof Error ? error.message : String(error)}`;
    return writeRecord(folder, { failure, taskManagers: [] });
  });
  if (jobManager === undefined) return;
  await writeRecord(folder, { jobManager, taskManagers: await bringUpTaskManagers(host, ready) });
}

async function bringUpJobManager(host: Host, ready: Ready): Promise<ProcessIdentity> {
  await writeFiles(ready);
  return spawnJvm({ ...jvmOf(host, ready), name: JOB_MANAGER, argumentFile: JOB_MANAGER_ARGUMENTS }, (code) => {
    writeExitCode(ready.folder, code).catch(() => undefined); // the folder may be gone by now; the code is told, never needed
  });
}

/** One that could not be started is missing, and will be started again. */
async function bringUpTaskManagers(host: Host, ready: Ready): Promise<readonly TaskManagerRecord[]> {
  const numbers = Array.from({ length: ready.plan.purpose.order.taskManagers }, (_, i) => i + 1);
  const started = await Promise.allSettled(numbers.map((number) => spawnTaskManager(jvmOf(host, ready), { number, generation: 1 })));
  return started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function jvmOf({ environment }: Host, { folder, plan: { java, release } }: Ready): TaskManagerJvm {
  return { folder, java: java.path, environment, ...(release.plugins !== undefined && { plugins: release.plugins }) };
}

async function writeFiles({ folder, plan, place }: Ready): Promise<void> {
  const { purpose, release, java, archive, classPath, slots, memory } = plan;
  for (const name of ['conf', 'log', join('tmp', 'plugins'), join('tmp', 'java')]) await mkdir(join(folder.path, name), { recursive: true, mode: 0o700 });
  const { flinkVersion, flinkConfiguration } = purpose.order;
  const conf = join(folder.path, 'conf');
  const write = (name: string, text: string): Promise<void> => writeFile(join(conf, name), text, { mode: 0o600 });
  const config = configFile(flinkVersion, clusterSettings({ order: purpose.order, kind: purpose.kind, slots, place }));
  const jvm = { java, flinkVersion: release.version, archive, flinkConfiguration, logFolder: join(folder.path, 'log') };
  const common = [
    `-Dlog4j.configurationFile=${pathToFileURL(join(conf, 'log4j2.xml')).href}`,
    // Its log is in a file; what it prints is in another, for the job alone.
    `-D${CONSOLE_LEVEL_PROPERTY}=OFF`,
    `-Djava.io.tmpdir=${join(folder.path, 'tmp', 'java')}`,
    '-cp',
    classPath,
  ];
  const main = purpose.kind === 'application' ? APPLICATION : SESSION;
  await write(config.name, config.text);
  await write('log4j2.xml', plan.log4j);
  await write(
    JOB_MANAGER_ARGUMENTS,
    argumentFile([
      ...jvmFlags({ ...jvm, memory: memory.jobManager.flags, process: 'jobmanager' }),
      ...common,
      main,
      '--configDir',
      conf,
      ...jobManagerArguments(plan),
    ]),
  );
  await write(
    TASK_MANAGER_ARGUMENTS,
    argumentFile([
      ...jvmFlags({ ...jvm, memory: memory.taskManager.flags, process: 'taskmanager' }),
      ...common,
      TASK_MANAGER,
      '--configDir',
      conf,
      ...memory.taskManager.args,
    ]),
  );
}
