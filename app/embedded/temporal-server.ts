// Runs Temporal's dev server as a child in its own process group: one per folder, on ports that stay the same. A server left
// behind by a crash is adopted when it is healthy. Must be called under the lock of the folder; never touches workflows.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENVIRONMENT } from '../config.ts';
import { StartProblem } from '../start-problem.ts';
import { becomesFree, choosePort } from './free-port.ts';
import { endProcess, identityOf, isSameProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { serverArguments } from './temporal-arguments.ts';

export interface TemporalOrder {
  /** Holds `temporal.db`, `temporal.json` and `log/temporal.log`. */
  readonly folder: string;
  readonly binary: string;
  readonly ui: boolean;
  /** `usual`: those of last time, else 7233 and 8233 when they are free. `any`: for tests, of which many run at once. */
  readonly ports: 'usual' | 'any';
  readonly dynamicConfig?: readonly string[];
  /** On top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told at once, long before the server is healthy, so that an interrupted start can end it. */
  readonly onProcess?: (process: ProcessIdentity) => void;
}

export interface TemporalServer {
  readonly address: string;
  /** Absent without UI. */
  readonly uiUrl?: string;
  readonly adopted: boolean;
  readonly process: ProcessIdentity;
  /** Asks it to end and returns when it is dead. Its data stays. */
  stop(): Promise<void>;
}

interface Note {
  readonly port: number;
  readonly uiPort?: number;
  readonly process?: ProcessIdentity;
}

const WISHED_PORT = 7233;
const WISHED_UI_PORT = 8233;
const HEALTHY_WITHIN_MS = 30_000;
const ADOPT_WITHIN_MS = 5000;
const PATIENCE_MS = 5000;
/** When somebody else took the port first, it is he who answers, and ours is dead by now. */
const SETTLE_MS = 300;
/** A server that was killed holds its port for a moment, and those who know it look for it there. */
const RELEASED_WITHIN_MS = 3000;
/** A port may be taken between choosing and binding it. */
const TRIES = 3;

function readNote(folder: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'temporal.json'), 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function writeNote(folder: string, note: Note): void {
  writeFileSync(join(folder, 'temporal.json'), JSON.stringify(note));
}

/** True when the server answers and its default namespace is there. */
async function isHealthy(address: string): Promise<boolean> {
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ address, connectTimeout: '1s' });
    try {
      await connection.withDeadline(Date.now() + 1000, () => connection.workflowService.describeNamespace({ namespace: 'default' }));
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}

async function becomesHealthy(address: string, process: ProcessIdentity, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (Date.now() < until && isSameProcess(process)) {
    if (await isHealthy(address)) return true;
    await sleep(100);
  }
  return false;
}

/** Asks the server to end, insists after a while, returns when it is dead. Harmless when it is dead already. */
export function endTemporal(process: ProcessIdentity): Promise<void> {
  return endProcess(process, PATIENCE_MS);
}

function toServer({ port, uiPort, process }: Note & { readonly process: ProcessIdentity }, adopted: boolean): TemporalServer {
  return {
    address: `127.0.0.1:${port}`,
    ...(uiPort !== undefined && { uiUrl: `http://127.0.0.1:${uiPort}` }),
    adopted,
    process,
    stop: () => endTemporal(process),
  };
}

async function adopt({ onProcess }: TemporalOrder, note: Note | undefined): Promise<TemporalServer | undefined> {
  if (!note?.process || !isSameProcess(note.process)) return undefined;
  onProcess?.(note.process);
  const left = { ...note, process: note.process };
  if (await becomesHealthy(`127.0.0.1:${note.port}`, note.process, ADOPT_WITHIN_MS)) return toServer(left, true);
  await endTemporal(note.process);
  return undefined;
}

function spawnServer({ folder, binary, dynamicConfig, environment }: TemporalOrder, { port, uiPort }: Note): ProcessIdentity | undefined {
  const log = openSync(join(folder, 'log', 'temporal.log'), 'a');
  try {
    const args = serverArguments({
      database: join(folder, 'temporal.db'),
      port,
      ...(uiPort !== undefined && { uiPort }),
      ...(dynamicConfig && { dynamicConfig }),
    });
    const child = spawn(binary, args, { detached: true, stdio: ['ignore', log, log], ...(environment && { env: { ...ENVIRONMENT, ...environment } }) });
    child.on('error', () => undefined); // a binary that cannot be run has no pid
    child.unref();
    return child.pid === undefined ? undefined : identityOf(child.pid);
  } finally {
    closeSync(log);
  }
}

async function startOnce(order: TemporalOrder, before: Note | undefined): Promise<TemporalServer | undefined> {
  const wish = async (last: number | undefined, usual: number): Promise<number> => {
    if (last !== undefined && (await becomesFree(last, RELEASED_WITHIN_MS))) return last;
    return choosePort(order.ports === 'usual' ? [usual] : []);
  };
  const port = await wish(before?.port, WISHED_PORT);
  const uiPort = order.ui ? await wish(before?.uiPort, WISHED_UI_PORT) : undefined;
  const ports = { port, ...(uiPort !== undefined && { uiPort }) };
  const process = spawnServer(order, ports);
  if (!process) return undefined;
  const note = { ...ports, process };
  writeNote(order.folder, note);
  order.onProcess?.(process);
  if (await becomesHealthy(`127.0.0.1:${port}`, process, HEALTHY_WITHIN_MS)) {
    await sleep(SETTLE_MS);
    if (isSameProcess(process)) return toServer(note, false);
  }
  await endTemporal(process);
  return undefined;
}

/** Adopts the server that still runs on this folder, else starts one. Throws a StartProblem when it does not come up. */
export async function startTemporal(order: TemporalOrder): Promise<TemporalServer> {
  await mkdir(join(order.folder, 'log'), { recursive: true });
  const note = readNote(order.folder);
  const adopted = await adopt(order, note);
  if (adopted) return adopted;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const server = await startOnce(order, attempt === 1 ? note : undefined);
    if (server) return server;
  }
  throw new StartProblem(`Temporal's dev server did not come up: ${join(order.folder, 'log', 'temporal.log')} says why.`);
}
