// Waking through a Temporal that is connected to with the first wake, and not before.
import type { Wake } from '../domain/wake.ts';
import { TASK_QUEUE } from '../workflows/contract.ts';
import type { Config } from './config.ts';
import { kept } from './kept.ts';

/** Temporal's client takes a while to load, and only writes need it. */
export function lateWake({ temporal }: Config): Wake {
  const wake = kept(async () => {
    if (temporal.kind !== 'external') throw new Error('there is no Temporal server');
    const [{ Client, Connection }, { createWake }] = await Promise.all([import('@temporalio/client'), import('../functions/wake.ts')]);
    const client = new Client({ connection: Connection.lazy(temporal.connection), namespace: temporal.namespace });
    return createWake({ client: () => client, taskQueue: TASK_QUEUE });
  });
  return {
    deployment: async (target) => (await wake.get()).deployment(target),
    sessionCluster: async (target) => (await wake.get()).sessionCluster(target),
    sweep: async () => (await wake.get()).sweep(),
  };
}
