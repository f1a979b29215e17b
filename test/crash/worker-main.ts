// A worker in a process of its own, to be killed: the product's activities on PostgreSQL, with stopping points around what they are
// given. Its clusters live in the test's process. Started by child-worker.ts, which talks to it over the channel between the two.
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/create-activities.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { WORKER_LIMITS } from '../../app/worker.ts';
import { createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import { createFlinkRest } from '../../flink/rest/create-flink-rest.ts';
import { createSnapshotStorage } from '../../flink/storage/create-storage.ts';
import { createWake } from '../../functions/wake.ts';
import { openClustersOf } from '../fixtures/clusters-over-http.ts';
import { openPostgresStore } from '../store/open-store.ts';
import { currentAttempt, withBeginAndEnd, withStoppingPoints } from './stopping-points.ts';
import { asText, type Command, type Point, type Report, type WorkerSettings } from './worker-orders.ts';

let holdAt: Readonly<Record<string, Point>> = {};
/** Ids of the calls of each activity for each Deployment, in order. */
let calls = new Map<string, string[]>();

function report(said: Report): void {
  process.send?.(said);
}

function pointOf(name: string, at: string): Point | undefined {
  const info = currentAttempt()?.info;
  if (info === undefined) return undefined;
  const key = `${name}/${info.activityType}`;
  const ids = calls.get(key) ?? [];
  calls.set(key, ids);
  const id = `${info.workflowExecution?.runId}/${info.activityId}`;
  if (!ids.includes(id)) ids.push(id);
  return { activity: info.activityType, nth: ids.indexOf(id) + 1, at };
}

async function visit(at: string): Promise<void> {
  const name = currentAttempt()?.info.workflowExecution?.workflowId.split('/')[2] ?? '';
  const point = pointOf(name, at);
  if (point === undefined) return;
  const wanted = holdAt[name];
  const holds = wanted !== undefined && asText(wanted) === asText(point);
  report({ kind: holds ? 'held' : 'passed', name, point });
  if (holds) await new Promise<never>(() => undefined);
}

function openDeps(settings: WorkerSettings, client: Client): ActivityDeps {
  const rest = createFlinkRest();
  const { home, cache } = settings;
  return {
    store: openPostgresStore(settings.databaseUrl, 10),
    flink: {
      rest: (url) => rest.rest(url),
      local: openClustersOf(settings.clustersUrl),
      artifacts: createArtifacts({ home, cache, roots: [home], baseEnv: {} }),
      storage: createSnapshotStorage({ blobRoot: `${home}/blobs` }),
    },
    wake: createWake({ client: () => client, taskQueue: settings.taskQueue }),
    policy: settings.policy,
    log: { warn: () => undefined, error: (context, message) => process.stderr.write(`${message} ${JSON.stringify(context, asStack)}\n`) },
  };
}

function asStack(_: string, value: unknown): unknown {
  return value instanceof Error ? value.stack : value;
}

async function start(settings: WorkerSettings): Promise<void> {
  Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('ERROR') });
  const client = new Client({ connection: await Connection.connect({ address: settings.temporalAddress }) });
  const deps = withStoppingPoints(openDeps(settings, client), visit);
  const worker = await Worker.create({
    ...WORKER_LIMITS,
    connection: await NativeConnection.connect({ address: settings.temporalAddress }),
    taskQueue: settings.taskQueue,
    workflowBundle: { codePath: settings.workflowBundle },
    activities: { ...withBeginAndEnd(createActivities(deps), visit) },
  });
  const running = worker.run();
  report({ kind: 'started' });
  await running;
}

process.on('message', (command: Command) => {
  if (command.kind === 'start') return void start(command.settings);
  calls = new Map();
  holdAt = command.holdAt;
  report({ kind: 'armed' });
});
// A test that ends without a word takes its worker along.
process.on('disconnect', () => process.exit());
