// awaitSessionCluster: waits until all TaskManagers of a session cluster have registered; starts those that died.
import { cancellationSignal } from '@temporalio/activity';
import { lookAtSessionCluster } from './decide-session-cluster.ts';
import type { ActivityDeps, SessionOrder } from './deps.ts';
import { notYet } from './failures.ts';
import { lookUntil } from './look-until.ts';

export async function awaitSessionCluster(deps: ActivityDeps, { id, incarnation }: SessionOrder & { readonly incarnation: number }): Promise<void> {
  const cluster = await deps.store.sessionClusters.findById(deps.store.read, id);
  if (cluster === undefined || cluster.incarnation !== incarnation) return;
  await deps.flink.local.ensureTaskManagers({ kind: 'session', sessionClusterId: id, incarnation }, cluster.spec.numberOfTaskManagers);
  const seen = await lookUntil(
    () => lookAtSessionCluster(deps, cluster),
    (look) => look.kind === 'gone' || look.kind === 'neverStarted' || (look.kind === 'up' && look.missingTaskManagers === 0 && look.slots > 0),
    cancellationSignal(),
  );
  if (seen === undefined) throw notYet('not all TaskManagers have registered yet');
}
