// Hands for a real Flink: files that the job of test/jobs watches, signals to its processes, and Flink's own REST. They never touch drey.
import { execFile } from 'node:child_process';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { normaliseLocation } from '../../../domain/location.ts';
import type { Job } from '../../../domain/job.ts';
import type { LocalClusterId } from '../../../flink/flink.ts';
import { type Cast, clusterOf, flinkIdOf, insist, jobsOf, newestJob, nthJob, restOf, restOrThrow } from './cast.ts';
import { checkpointsOf, sharedHands, untilCheckpoints } from './shared-hands.ts';
import { cannot, type Hands } from './stage.ts';
import { untilSeen } from './waiting.ts';

const run = promisify(execFile);
const ENDED = ['FINISHED', 'CANCELED', 'FAILED'];

/** `isShared`: others run in the session cluster of this Deployment, which therefore is not killed. */
export function realHands(cast: Cast, isShared: boolean): Hands {
  return {
    ...sharedHands(cast),
    ...handsOnJob(cast),
    ...handsOnSavepoints(cast),
    ...handsOnProcesses(cast, isShared),
    fault: async () => cannot('misbehave on demand'),
    restartJobManager: async () => cannot('start a JobManager again'),
    setSlots: async () => cannot('take slots away'),
    stallCheckpoints: async () => cannot('stop checkpoints without failing them'),
    resumeCheckpoints: async () => cannot('stop checkpoints without failing them'),
    hideFromOverview: async () => cannot('leave a job out of the list'),
    revive: async () => cannot('run a job again under its id'),
    calls: async () => cannot('count requests'),
    liveFlinkJobs: async () => (await Promise.all((await jobsOf(cast)).map((job) => liveIn(cast, job)))).flat(),
    restored: async (n) => {
      const job = await nthJob(cast, n);
      const rest = await restOrThrow(cast, job);
      const { restored } = await insist(cast, 'checkpoints', () => rest.checkpoints(flinkIdOf(job)));
      if (restored?.isSavepoint === false) cannot('say what a job was started from that restarted since');
      return restored?.location === undefined ? undefined : normaliseLocation(restored.location);
    },
    countRestored: async () => Number(await readFile(join(cast.folder, 'witness'), 'utf8').catch(() => '0')),
  };
}

/** Its own Flink job, and in a cluster of its own any other. */
async function liveIn(cast: Cast, job: Job): Promise<readonly string[]> {
  const answer = await (await restOf(cast, job))?.jobs();
  if (answer?.kind !== 'done') return [];
  const isOurs = (id: string): boolean => job.place.kind === 'local' || id === flinkIdOf(job);
  return answer.value.filter(({ id, status }) => isOurs(id) && !ENDED.includes(status)).map(({ id }) => id);
}

function handsOnJob(cast: Cast): Pick<Hands, 'failJob' | 'finishJob' | 'cancelFromOutside' | 'restartTasks' | 'takeCheckpoint'> {
  /** The job takes the file away when it obeys. */
  const tell = async (file: string, text: string): Promise<void> => {
    const path = join(cast.folder, file);
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
    await untilSeen(cast.patience, {
      what: `until the job obeys "${text}"`,
      look: async () => !(await exists(path)),
      accepts: (gone) => gone,
    });
  };
  return {
    failJob: async (cause = 'the scenario said so') => {
      const job = await newestJob(cast);
      await tell('fail', `fatal ${cause}`);
      await untilEnded(cast, job);
    },
    finishJob: async () => {
      const job = await newestJob(cast);
      await tell('finish', 'now');
      await untilEnded(cast, job);
    },
    cancelFromOutside: async () => {
      const job = await newestJob(cast);
      const rest = await restOrThrow(cast, job);
      await insist(cast, 'a cancel', () => rest.cancel(flinkIdOf(job)));
    },
    restartTasks: (cause = 'the scenario said so') => tell('fail', `once ${cause}`),
    takeCheckpoint: async () => {
      const job = await newestJob(cast);
      const before = await checkpointsOf(cast);
      const { url } = await restOrThrow(cast, job);
      const body = JSON.stringify({ checkpointType: 'CONFIGURED' });
      const answer = await fetch(`${url}/jobs/${flinkIdOf(job)}/checkpoints`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (!answer.ok) throw new Error(`Flink takes no checkpoint: ${await answer.text()}`);
      await untilCheckpoints(cast, before + 1);
    },
  };
}

/** FAILED or FINISHED may be seen for a moment only: drey ends the cluster when it has seen it. */
async function untilEnded(cast: Cast, job: Job): Promise<void> {
  await untilSeen(cast.patience, {
    what: `until the Flink job of ${job.id} has ended`,
    look: async () => {
      const answer = await (await restOf(cast, job))?.job(flinkIdOf(job));
      return answer?.kind === 'done' ? answer.value?.status : undefined;
    },
    accepts: (status) => status === undefined || ENDED.includes(status),
  });
}

/** A regular file where the directories of this Deployment's savepoints should be. */
function handsOnSavepoints({ platform, deploymentId }: Cast): Pick<Hands, 'failSavepoints' | 'mendSavepoints' | 'slowSavepoints'> {
  const base = (): string => {
    const directory = platform.deps.flink.storage.savepointDirectory('default', deploymentId as never, deploymentId as never);
    return dirname(fileURLToPath(directory));
  };
  return {
    failSavepoints: async (times, how = 'keepRunning') => {
      if (times !== undefined || how !== 'keepRunning') cannot('count failures of savepoints, or choose their kind');
      await mkdir(dirname(base()), { recursive: true });
      await rename(base(), `${base()}.aside`).catch(() => undefined);
      await writeFile(base(), '');
    },
    mendSavepoints: async () => {
      await rm(base());
      await rename(`${base()}.aside`, base()).catch(() => undefined);
    },
    slowSavepoints: async () => cannot('slow down savepoints of a running job'),
  };
}

type OnProcesses = 'killJobManager' | 'killTaskManagers' | 'killEverything' | 'silence' | 'speak';

function handsOnProcesses(cast: Cast, isShared: boolean): Pick<Hands, OnProcesses> {
  const signal = async (processes: string, name: NodeJS.Signals): Promise<void> => {
    if (isShared) cannot(`send ${name} to a session cluster of others`);
    const cluster = clusterOf(await newestJob(cast));
    for (const pid of cluster === undefined ? [] : await pidsOf(cluster, processes)) process.kill(pid, name);
  };
  return {
    killJobManager: () => signal('jobmanager', 'SIGKILL'),
    killTaskManagers: () => signal('taskmanager', 'SIGKILL'),
    killEverything: () => signal('', 'SIGKILL'),
    silence: async (how = 'hangs') => {
      if (how !== 'hangs') cannot('refuse connections while the JobManager lives');
      await signal('jobmanager', 'SIGSTOP');
    },
    speak: () => signal('jobmanager', 'SIGCONT'),
  };
}

/** Of the processes of a cluster whose name begins like that. */
async function pidsOf(cluster: LocalClusterId, name: string): Promise<readonly number[]> {
  const mark = cluster.kind === 'job' ? `job-${cluster.jobId}` : `session-${cluster.sessionClusterId}-${cluster.incarnation}`;
  const { stdout } = await run('pgrep', ['-f', `drey.process=${mark}/${name}`]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter(Boolean).map(Number);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
