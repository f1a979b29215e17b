// ensureCluster: starts TaskManagers of a Job's own cluster that died. The JobManager is never started twice.
import type { JobId } from '../domain/ids.ts';
import type { ActivityDeps, Order } from './deps.ts';
import { claim, liveJobOrThrow } from './turn.ts';

export async function ensureCluster(deps: ActivityDeps, order: Order & { readonly jobId: JobId }): Promise<void> {
  const { value: job } = await claim(deps, order, (tx) => liveJobOrThrow(deps, tx, order.jobId));
  if (job.place.kind !== 'local' || job.end !== undefined) return;
  await deps.flink.local.ensureTaskManagers({ kind: 'job', jobId: job.id });
}
