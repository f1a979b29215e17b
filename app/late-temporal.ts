// Temporal for those who may never need it: connected to when it is first asked for, and not before.
import type { Wake } from '../domain/wake.ts';
import { TASK_QUEUE } from '../workflows/contract.ts';
import type { Config } from './config.ts';
import { type Kept, kept } from './kept.ts';
import { readRemoteConfig } from './remote-config.ts';
import type { Fleet } from './stranded-runs.ts';

type Settings = Pick<Config, 'temporal'>;

export interface LateTemporal extends Kept<Fleet> {
  /** Returns at once: the connection goes when nobody can be waiting for an answer any more. */
  close(): void;
}

/** The client takes a while to load, and only writes need it. Opened anew, it has settings of then: the key may be another one. */
export function lateTemporal(first: Settings, readAgain: () => Promise<Settings> = readRemoteConfig): LateTemporal {
  let opened: Fleet | undefined;
  const late = kept(async () => {
    const { temporal } = opened === undefined ? first : await readAgain();
    if (temporal.kind !== 'external') throw new Error('there is no Temporal server');
    const { namespace } = temporal;
    const { Client, Connection } = await import('@temporalio/client');
    const connection = Connection.lazy(temporal.connection);
    opened = { connection, namespace, client: new Client({ connection, namespace }) };
    return opened;
  });
  return {
    ...late,
    close() {
      // One that was forgotten is closed by who forgot it.
      if (late.forget() && opened !== undefined) closeLater(opened);
    },
  };
}

/** Longer than anybody waits for an answer: a call that is cut off would be made again, over a channel that is closed, and that ends the process. */
const CLOSED_AFTER_MS = 10_000;

function closeLater({ connection }: Fleet): void {
  setTimeout(() => void connection.close().catch(() => undefined), CLOSED_AFTER_MS).unref();
}

/** A connection over which Temporal was not reached is given up: the next wake opens another one. */
export function lateWake(temporal: Kept<Fleet>): Wake {
  const wake = kept(async () => {
    const { createWake } = await import('../functions/wake.ts');
    return createWake({ client: async () => (await temporal.get()).client, taskQueue: TASK_QUEUE });
  });
  const send = async (deliver: (to: Wake) => Promise<boolean>): Promise<boolean> => {
    const isReached = await deliver(await wake.get());
    if (!isReached) await giveUp(temporal);
    return isReached;
  };
  return {
    deployment: (target) => send((to) => to.deployment(target)),
    sessionCluster: (target) => send((to) => to.sessionCluster(target)),
    sweep: () => send((to) => to.sweep()),
  };
}

async function giveUp(temporal: Kept<Fleet>): Promise<void> {
  const broken = await temporal.get().catch(() => undefined);
  if (broken === undefined || !temporal.forget()) return;
  closeLater(broken);
}
