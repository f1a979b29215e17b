// Temporal for those who may never need it: connected to when it is first asked for, and not before.
import type { Wake } from '../domain/wake.ts';
import { TASK_QUEUE } from '../workflows/contract.ts';
import type { Config } from './config.ts';
import { type Kept, kept } from './kept.ts';
import type { Fleet } from './stranded-runs.ts';

/** The client takes a while to load, and only writes need it. */
export function lateTemporal({ temporal }: Config): Kept<Fleet> {
  return kept(async () => {
    if (temporal.kind !== 'external') throw new Error('there is no Temporal server');
    const { namespace } = temporal;
    const { Client, Connection } = await import('@temporalio/client');
    const connection = Connection.lazy(temporal.connection);
    return { connection, namespace, client: new Client({ connection, namespace }) };
  });
}

export function lateWake(temporal: Kept<Fleet>): Wake {
  const wake = kept(async () => {
    const { createWake } = await import('../functions/wake.ts');
    return createWake({ client: async () => (await temporal.get()).client, taskQueue: TASK_QUEUE });
  });
  return {
    deployment: async (target) => (await wake.get()).deployment(target),
    sessionCluster: async (target) => (await wake.get()).sessionCluster(target),
    sweep: async () => (await wake.get()).sweep(),
  };
}
