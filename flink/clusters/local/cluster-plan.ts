// Everything about a local cluster that is decided before the right to start it is used: settings that cannot work are refused here.
import { pathToFileURL } from 'node:url';
import { toFlinkJobId, type JobId } from '../../../domain/ids.ts';
import { log4jConfiguration } from '../../../domain/logging.ts';
import type { Answer, ApplicationOrder, ClusterOrder } from '../../flink.ts';
import type { Java } from './find-java.ts';
import { configFile, isBefore } from './flink-yaml.ts';
import type { Host } from './host.ts';
import { SHORT_RUN } from './jvm-flags.ts';
import { memorySettings } from './memory-settings.ts';
import { type ProcessMemory, processMemory } from './process-memory.ts';
import { classPathOf, type Release } from './releases.ts';

/** What a cluster is for. */
export type Purpose =
  | { readonly kind: 'application'; readonly jobId: JobId; readonly order: ApplicationOrder }
  | { readonly kind: 'session'; readonly order: ClusterOrder };

export interface ClusterPlan {
  readonly purpose: Purpose;
  readonly release: Release;
  readonly java: Java;
  readonly archive: string | undefined;
  readonly classPath: string;
  /** Of one TaskManager. */
  readonly slots: number;
  readonly memory: { readonly jobManager: ProcessMemory; readonly taskManager: ProcessMemory };
  readonly log4j: string;
}

const SESSION_SLOTS = 8;

/** Rejected: it cannot run as ordered. Throws when this machine lacks something. */
export async function planCluster(host: Host, purpose: Purpose): Promise<Answer<ClusterPlan>> {
  const { order } = purpose;
  const release = host.releases.find(({ version }) => version === order.flinkVersion);
  if (release === undefined) return rejected(`this machine cannot run Flink ${order.flinkVersion}`);
  const fault = faultOf(purpose);
  if (fault !== undefined) return rejected(fault);
  const log4j = log4jConfiguration(order.logging, host.loggingProfiles);
  if ('fault' in log4j) return rejected(`${specOf(purpose)}.${log4j.fault}`);
  if (/[,:]/.test(host.home)) throw new Error(`${host.home} holds "," or ":", by which Flink separates folders: use another DREY_HOME`);
  await host.provision(release, () => undefined);
  const machine = { release, java: await host.java(), archive: await host.archiveOf(release), classPath: classPathOf(release) };
  const slots = slotsOf(purpose);
  const memory = await divideMemory(host, { purpose, slots, ...machine });
  return memory.kind === 'done' ? done({ purpose, slots, memory: memory.value, log4j: log4j.text, ...machine }) : memory;
}

const done = <T>(value: T): Answer<T> => ({ kind: 'done', value });

function rejected(reason: string): Answer<never> {
  return { kind: 'rejected', status: 0, reason, text: reason };
}

/** Where the user wrote what is wrong. */
function specOf(purpose: Purpose): string {
  return purpose.kind === 'application' ? 'spec.template.spec' : 'spec';
}

function faultOf(purpose: Purpose): string | undefined {
  const { flinkVersion, flinkConfiguration } = purpose.order;
  if (purpose.kind === 'application' && isBefore(flinkVersion, '1.19'))
    return `application mode on this machine needs Flink 1.19 or newer, this is ${flinkVersion}; use a session cluster`;
  try {
    configFile(flinkVersion, flinkConfiguration);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const slots = flinkConfiguration[SLOTS];
  return slots === undefined || /^[1-9]\d{0,4}$/.test(slots.trim())
    ? undefined
    : `${specOf(purpose)}.flinkConfiguration: ${SLOTS} must be a whole number, not "${slots}"`;
}

const SLOTS = 'taskmanager.numberOfTaskSlots';

/** As the user set it, else enough for the parallelism; a session cluster is shared and has some to spare. */
function slotsOf({ kind, order }: Purpose): number {
  const given = order.flinkConfiguration[SLOTS];
  if (given !== undefined) return Number(given);
  return kind === 'session' ? SESSION_SLOTS : Math.ceil(order.parallelism / Math.max(1, order.taskManagers));
}

type Division = Pick<ClusterPlan, 'purpose' | 'slots' | 'release' | 'java' | 'archive' | 'classPath'>;

async function divideMemory(host: Host, plan: Division): Promise<Answer<ClusterPlan['memory']>> {
  const { purpose, slots, release, java, archive, classPath } = plan;
  const question = {
    flinkVersion: release.version,
    java: java.path,
    flags: [...SHORT_RUN, ...(archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off'])],
    classPath: [classPath, ...release.tools].join(':'),
    settings: memorySettings(purpose.order, slots),
    environment: host.environment,
  };
  const [jobManager, taskManager] = await Promise.all([processMemory({ process: 'JM', ...question }), processMemory({ process: 'TM', ...question })]);
  if (jobManager.kind === 'impossible') return rejected(`${specOf(purpose)}.resources.jobmanager.memory: ${jobManager.reason}`);
  if (taskManager.kind === 'impossible') return rejected(`${specOf(purpose)}.resources.taskmanager.memory: ${taskManager.reason}`);
  return done({ jobManager: jobManager.memory, taskManager: taskManager.memory });
}

/** The program arguments of the JobManager, `--configDir` excepted. */
export function jobManagerArguments({ purpose, memory }: Pick<ClusterPlan, 'purpose' | 'memory'>): readonly string[] {
  if (purpose.kind === 'session') return memory.jobManager.args;
  const { entryClass, artifact, savepointPath, allowNonRestoredState, mainArgs } = purpose.order;
  const jars = [artifact.path, ...artifact.dependencies.map(({ path }) => path).filter((path) => /\.jar$/i.test(path))];
  return [
    ...memory.jobManager.args,
    '--job-id',
    toFlinkJobId(purpose.jobId),
    '--jars',
    jars.map(localUri).join(','),
    ...(entryClass === undefined ? [] : ['--job-classname', entryClass]),
    ...(savepointPath === undefined ? [] : ['--fromSavepoint', savepointPath]),
    ...(allowNonRestoredState && savepointPath !== undefined ? ['--allowNonRestoredState'] : []),
    // Without it, program arguments that look like options of Flink would be taken for such.
    '--',
    ...mainArgs,
  ];
}

/** `file:` would be copied, and its escapes taken literally. */
function localUri(path: string): string {
  return pathToFileURL(path)
    .href.replace(/^file:/, 'local:')
    .replaceAll(',', '%2C');
}
