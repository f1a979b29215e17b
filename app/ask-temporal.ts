// Whether somebody else's Temporal server takes us, asked by a client: the worker's own connection keeps the code of a refusal to itself.
import { Connection } from '@temporalio/client';
import type { ExternalTemporal } from './config.ts';
import type { StartProblem } from './start-problem.ts';
import { toTemporalProblem } from './temporal-problem.ts';

const LIMIT_MS = 5000;

/** Why it cannot be used, with the setting to check; undefined when it can. */
export async function faultOfTemporal({ connection: options, namespace }: ExternalTemporal): Promise<StartProblem | undefined> {
  const connection = Connection.lazy({ ...options, connectTimeout: LIMIT_MS });
  try {
    await connection.withDeadline(Date.now() + LIMIT_MS, () => connection.workflowService.describeNamespace({ namespace }));
    return undefined;
  } catch (error) {
    return toTemporalProblem(error, { address: options.address, namespace });
  } finally {
    await connection.close();
  }
}
