// Hands for the simulated Flink. They reach into the simulation, never into drey.
import type { JobId, SessionClusterId } from '../../../domain/ids.ts';
import { normaliseLocation } from '../../../domain/location.ts';
import type { SimulatedClusters } from '../../fixtures/simulated-clusters.ts';
import type { SimJob } from '../../flink-sim/sim-job.ts';
import type { FlinkSim } from '../../flink-sim/start-flink-sim.ts';
import { type Cast, flinkIdOf, jobsOf, newestJob, nthJob } from './cast.ts';
import { sharedHands } from './shared-hands.ts';
import { cannot, type Hands } from './stage.ts';

/** "All": more than any test ever takes. */
const ALL = 1000;

export function simulatedHands(cast: Cast, clusters: SimulatedClusters): Hands {
  const places = async (): Promise<readonly (JobId | SessionClusterId)[]> => {
    const ids = (await jobsOf(cast)).map(({ id, place }) => (place.kind === 'session' ? place.sessionClusterId : id));
    return [...new Set(ids)];
  };
  const sims = async (): Promise<readonly FlinkSim[]> => (await places()).flatMap((id) => clusters.simsOf(id));
  const newest = async (): Promise<{ readonly sim: FlinkSim; readonly id: string; readonly place: JobId | SessionClusterId }> => {
    const job = await newestJob(cast);
    const place = job.place.kind === 'session' ? job.place.sessionClusterId : job.id;
    const sim = clusters.simsOf(place).at(-1);
    if (sim === undefined) throw new Error(`no cluster was started for Job ${job.id}`);
    return { sim, id: flinkIdOf(job), place };
  };
  return {
    ...sharedHands(cast),
    ...handsOnJob(newest),
    ...handsOnCluster(newest, clusters),
    killEverything: async () => {
      for (const place of await places()) await clusters.kill(place);
    },
    calls: async (method, path) => (await sims()).reduce((sum, sim) => sum + sim.calls(method, path).length, 0),
    liveFlinkJobs: async () => {
      const ours = new Set((await jobsOf(cast)).map(flinkIdOf));
      const isOurs = ({ order }: SimJob): boolean => ours.has(order.id as ReturnType<typeof flinkIdOf>);
      return (await sims()).flatMap((sim) => sim.liveJobs().filter(isOurs)).map(({ order }) => order.id);
    },
    restored: async (n) => {
      const id = flinkIdOf(await nthJob(cast, n));
      const job = (await sims()).flatMap((sim) => sim.everyJob()).find(({ order, initialised }) => order.id === id && initialised);
      return job?.order.savepointPath === undefined ? undefined : normaliseLocation(job.order.savepointPath);
    },
    countRestored: async () => cannot('count records'),
    revive: async (n) => {
      const id = flinkIdOf(await nthJob(cast, n));
      const sim = (await sims()).find((each) => each.jobs().some(({ order }) => order.id === id));
      if (sim === undefined) throw new Error(`no JobManager that lives has had the Flink job of J${n}`);
      sim.revive(id);
    },
  };
}

type Newest = () => Promise<{ readonly sim: FlinkSim; readonly id: string; readonly place: JobId | SessionClusterId }>;
type OnJob =
  | 'failJob'
  | 'finishJob'
  | 'cancelFromOutside'
  | 'restartTasks'
  | 'takeCheckpoint'
  | 'stallCheckpoints'
  | 'resumeCheckpoints'
  | 'hideFromOverview'
  | 'failSavepoints'
  | 'mendSavepoints'
  | 'slowSavepoints';

function handsOnJob(newest: Newest): Pick<Hands, OnJob> {
  const act = async (deed: (sim: FlinkSim, id: string) => unknown): Promise<void> => {
    const { sim, id } = await newest();
    deed(sim, id);
  };
  return {
    failJob: (cause = 'the scenario said so') => act((sim, id) => sim.failJob(id, `java.lang.RuntimeException: ${cause}`)),
    finishJob: () => act((sim, id) => sim.finishJob(id)),
    cancelFromOutside: () => act((sim, id) => sim.cancelFromOutside(id)),
    restartTasks: (cause = 'the scenario said so') => act((sim, id) => sim.restartJob(id, `java.lang.RuntimeException: ${cause}`)),
    takeCheckpoint: () => act((sim, id) => sim.takeCheckpoint(id)),
    stallCheckpoints: () => act((sim, id) => sim.stallCheckpoints(id)),
    resumeCheckpoints: () => act((sim, id) => sim.resumeCheckpoints(id)),
    hideFromOverview: () => act((sim, id) => sim.hideFromOverview(id)),
    failSavepoints: (times = ALL, how = 'keepRunning') =>
      act((sim) => {
        for (let i = 0; i < times; i += 1) sim.failNextSavepoint(how);
      }),
    mendSavepoints: () => act((sim) => sim.mendSavepoints()),
    slowSavepoints: (ms) => act((sim) => sim.slowSavepoints(ms)),
  };
}

type OnCluster = 'killJobManager' | 'killTaskManagers' | 'restartJobManager' | 'setSlots' | 'silence' | 'speak' | 'fault';

function handsOnCluster(newest: Newest, clusters: SimulatedClusters): Pick<Hands, OnCluster> {
  let refuses: FlinkSim | undefined;
  return {
    fault: async (fault) => (await newest()).sim.faults.next(fault),
    restartJobManager: async () => (await newest()).sim.restartJobManager(),
    setSlots: async (slots) => (await newest()).sim.setSlots(slots),
    killJobManager: async () => clusters.kill((await newest()).place),
    killTaskManagers: async () => clusters.killTaskManagers((await newest()).place),
    silence: async (how = 'hangs') => {
      const { sim } = await newest();
      if (how === 'hangs') return sim.freeze();
      refuses = sim;
      await sim.refuseConnections();
    },
    speak: async () => {
      (await newest()).sim.unfreeze();
      await refuses?.acceptConnections();
      refuses = undefined;
    },
  };
}
