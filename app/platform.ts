// Starts the whole platform in one process, in parallel where nothing depends on another, and says when it is ready. Everything that
// is started is handed to the stopper at once, so that a start that fails or is interrupted leaves nothing behind.
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ActivityDeps } from '../activities/deps.ts';
import { reachJob } from '../activities/reach.ts';
import { DEFAULT_POLICY } from '../domain/view.ts';
import type { FunctionSettings } from '../functions/deps.ts';
import { createWake } from '../functions/wake.ts';
import type { Store } from '../store/store.ts';
import { TASK_QUEUE, WORKFLOW } from '../workflows/contract.ts';
import { bundleWorkflows } from './bundle.ts';
import type { Bundle } from './bundle.ts';
import { type Config, ENVIRONMENT } from './config.ts';
import { claimLocalTargets, createDefaults } from './defaults.ts';
import { eventBusOf } from './event-bus.ts';
import { lockHome } from './embedded/home-lock.ts';
import { createFirstAdmin } from './first-admin.ts';
import { hadDeployments, runExample } from './example.ts';
import type { Unspeakable, Voice } from './log.ts';
import { functionSettings } from './function-settings.ts';
import { openFlink } from './open-flink.ts';
import type { OpenedFlink } from './open-flink.ts';
import { openStore, unreadableSecrets } from './open-store.ts';
import { locate, openTemporal } from './open-temporal.ts';
import type { Temporal } from './open-temporal.ts';
import { park } from './park.ts';
import { createReadiness } from './readiness.ts';
import type { ReadinessBoard } from './readiness.ts';
import { release } from './release.ts';
import { listen } from './server.ts';
import type { Fetch, HttpServer } from './server.ts';
import type { Stopper } from './stopper.ts';
import { DREY_VERSION } from './version.ts';

export interface PlatformOrder {
  readonly config: Config;
  readonly voice: Voice;
  readonly logger: Logger;
  /** What the logger leaves out. */
  readonly unspeakable: Unspeakable;
  readonly stopper: Stopper;
  /** Aborted when the stop begins. */
  readonly signal: AbortSignal;
}

interface Parts {
  readonly store: Store;
  readonly temporal: Temporal;
  readonly opened: OpenedFlink;
  readonly readiness: ReadinessBoard;
}

async function startStore({ config, voice, logger, unspeakable, stopper }: PlatformOrder, readiness: ReadinessBoard): Promise<Store> {
  const store = await openStore(config, { logger, unspeakable });
  await stopper.add('store', async () => {
    await hadDeployments(store, config.home);
    await store.close();
  });
  await claimLocalTargets(store, config);
  await createDefaults(store, config);
  const unreadable = await unreadableSecrets(store);
  if (unreadable !== undefined) voice.say(`but: ${unreadable}`);
  readiness.up('store', async () => {
    await store.ping();
    return unreadableSecrets(store);
  });
  return store;
}

interface AppParts {
  readonly opened: OpenedFlink;
  readonly readiness: ReadinessBoard;
  readonly settings: FunctionSettings;
}

/** The HTTP app, imported late: it is needed only once the store is there. */
async function createApp({ logger }: PlatformOrder, deps: ActivityDeps, { opened, readiness, settings }: AppParts): Promise<Fetch> {
  const { createHttpApp } = await import('../functions/app.ts');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const app = createHttpApp({
    store: deps.store,
    wake: deps.wake,
    flink: deps.flink,
    async reach(job) {
      const reach = await reachJob(deps, job);
      return reach.kind === 'rest' ? reach.rest : undefined;
    },
    readiness: () => readiness.look(),
    registry,
    logger,
    settings: { ...settings, loggingProfiles: opened.loggingProfiles },
  });
  return (request) => app.fetch(request);
}

async function startWorking(
  { logger, stopper, voice }: PlatformOrder,
  { temporal, readiness }: Parts,
  { deps, bundle }: { deps: ActivityDeps; bundle: Bundle },
): Promise<void> {
  const { client, connection, namespace } = temporal;
  const ended = await release({ client, connection, namespace, hash: bundle.hash });
  if (ended > 0) logger.info({ ended }, 'runs that the last platform left open were ended');
  const [{ installRuntime, startWorker }, { createActivities }] = await Promise.all([import('./worker.ts'), import('../activities/create-activities.ts')]);
  installRuntime(logger);
  const native = await temporal.connectNative();
  const worker = await startWorker({ connection: native, namespace, bundle, activities: createActivities(deps), logger });
  await stopper.add('worker', async () => {
    await worker.stop();
    await native.close();
  });
  await stopper.add('jobs', () => park({ deps, say: (line) => voice.say(line) }));
  readiness.up('worker', () => worker.problem());
  await deps.wake.sweep();
}

async function announce({ config, voice }: PlatformOrder, { store, temporal, readiness }: Parts, server: HttpServer): Promise<void> {
  const secret = config.access.auth.kind === 'none' ? undefined : await createFirstAdmin(store, config.adminToken);
  const query = encodeURIComponent(`WorkflowType="${WORKFLOW.deploymentTransition}"`);
  voice.say(`ready ${server.url}`);
  voice.say(`  API docs     ${server.url}/swagger`);
  if (temporal.uiUrl !== undefined) voice.say(`  transitions  ${temporal.uiUrl}/namespaces/${temporal.namespace}/workflows?query=${query}`);
  voice.say(`  data         ${config.home}`);
  for (const reason of readiness.reasons()) voice.say(`  but          ${reason}`);
  if (secret !== undefined) voice.say(`  admin token  ${secret}   (user:admin; shown this once)`);
}

/** Everything that can be started side by side. Missing programs are found before anything is fetched. */
async function startParts(order: PlatformOrder, readiness: ReadinessBoard): Promise<Parts & { readonly bundle: Bundle }> {
  const { config, voice, stopper } = order;
  const [opened, located] = await Promise.all([openFlink(config), locate(config)]);
  await stopper.add('flink', () => opened.close());
  const provisioned = opened.provision(voice).then(() => readiness.up('Flink'));
  const [store, temporal, bundle] = await Promise.all([startStore(order, readiness), openTemporal(order, located), bundleWorkflows(config.cache), provisioned]);
  readiness.up('Temporal', () => temporal.problem());
  return { store, temporal, opened, readiness, bundle };
}

/** Starts everything and returns when it is ready. Throws a StartProblem that a person can act on. */
export async function startPlatform(order: PlatformOrder): Promise<void> {
  const { config, voice, stopper, signal } = order;
  const { keepJobs, keepEvents, keepAuditMs } = config;
  const settings = await functionSettings(config, DREY_VERSION);
  const readiness = createReadiness(['store', 'Temporal', 'worker', 'Flink']);
  await stopper.add('lock', await lockHome(config.home));
  const server = await listen(config, () => readiness.reasons());
  await stopper.add('http', () => server.stop());
  const parts = await startParts(order, readiness);
  const wake = createWake({ client: () => parts.temporal.client, taskQueue: TASK_QUEUE });
  const deps: ActivityDeps = {
    store: parts.store,
    flink: parts.opened.flink,
    wake,
    policy: { ...DEFAULT_POLICY, keepJobs, keepEvents, keepAuditMs },
    log: order.logger,
    ...eventBusOf(config, ENVIRONMENT),
  };
  const [fetch] = await Promise.all([
    createApp(order, deps, { opened: parts.opened, readiness, settings }),
    startWorking(order, parts, { deps, bundle: parts.bundle }),
  ]);
  server.use(fetch);
  await announce(order, parts, server);
  if (config.example && config.localTargets && config.access.auth.kind === 'none')
    void runExample({ store: parts.store, fetch, url: server.url, home: config.home, say: (line) => voice.say(line), signal });
}
