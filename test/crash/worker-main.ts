// A worker in a process of its own, to be killed: the product's activities on PostgreSQL, with stopping points around what they are
// given. Its clusters live in the test's process. Started by child-worker.ts, which talks to it over the channel between the two.
import type { Info } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/create-activities.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { WORKER_LIMITS } from '../../app/worker.ts';
import { assertNever } from '../../domain/assert-never.ts';
import { createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import { createFlinkRest } from '../../flink/rest/create-flink-rest.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import { createWake } from '../../functions/wake.ts';
import { openClustersOf } from '../fixtures/clusters-over-http.ts';
import { openPostgresStore } from '../store/open-store.ts';
import { currentAttempt, withBeginAndEnd, withStoppingPoints } from './stopping-points.ts';
import { asText, type Command, type Point, type Report, type WorkerSettings } from './worker-orders.ts';

let holdAt: Readonly<Record<string, Point>> = {};
let released = Promise.withResolvers<void>();
/** Ids of the calls of each activity for each Deployment, in order. */
let calls = new Map<string, string[]>();
/** Attempts that were held, by the name of their Deployment. */
const held = new Map<object, string>();

function report(said: Report): void {
  process.send?.(said);
}

function pointOf(name: string, info: Info, at: string): Point {
  const key = `${name}/${info.activityType}`;
  const ids = calls.get(key) ?? [];
  calls.set(key, ids);
  const id = `${info.workflowExecution?.runId}/${info.activityId}`;
  if (!ids.includes(id)) ids.push(id);
  return { activity: info.activityType, nth: ids.indexOf(id) + 1, at };
}

async function visit(at: string): Promise<void> {
  const attempt = currentAttempt();
  const name = attempt?.info.workflowExecution?.workflowId.split('/')[2];
  if (attempt === undefined || name === undefined) return;
  const point = pointOf(name, attempt.info, at);
  const wanted = holdAt[name];
  const holds = wanted !== undefined && asText(wanted) === asText(point);
  if (holds) held.set(attempt, name);
  report({ kind: holds ? 'held' : 'passed', name, point });
  if (!holds) return;
  await released.promise;
}

function over(): void {
  const name = held.get(currentAttempt() ?? {});
  if (name !== undefined) report({ kind: 'over', name });
}

function openDeps(settings: WorkerSettings, client: Client): ActivityDeps {
  const rest = createFlinkRest();
  const { home, cache } = settings;
  return {
    store: openPostgresStore(settings.databaseUrl, 10),
    flink: {
      rest: rest.rest,
      externalRest: rest.rest,
      faultOfUrl: rest.faultOfUrl,
      local: openClustersOf(settings.clustersUrl),
      artifacts: createArtifacts({ home, cache, roots: [home], baseEnv: {} }),
      ...createStorage({ blobRoot: `${home}/blobs` }),
    },
    wake: createWake({ client: () => client, taskQueue: settings.taskQueue }),
    policy: settings.policy,
    log: { warn: () => undefined, error: (context, message) => process.stderr.write(`${message} ${JSON.stringify(context, asMessage)}\n`) },
  };
}

function asMessage(_: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
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
    activities: { ...withBeginAndEnd(createActivities(deps), visit, over) },
  });
  const running = worker.run();
  report({ kind: 'started' });
  await running;
}

function arm(command: Extract<Command, { kind: 'arm' }>): void {
  calls = new Map();
  held.clear();
  ({ holdAt } = command);
  released = Promise.withResolvers<void>();
  report({ kind: 'armed' });
}

process.on('message', (command: Command) => {
  switch (command.kind) {
    case 'start':
      return void start(command.settings);
    case 'arm':
      return arm(command);
    case 'release':
      return released.resolve();
    default:
      return assertNever(command);
  }
});
// A test that ends without a word takes its worker along.
process.on('disconnect', () => process.exit());
