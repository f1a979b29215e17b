// watchFleet: the drift detector. Rounds over all clusters with live jobs, one `/jobs/overview` a cluster and round, and over what
// the database says is due. It decides nothing: it raises intentVersion in the transaction that stores what it saw, and wakes.
import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { setTimeout as wait } from 'node:timers/promises';
import type { DeploymentId } from '../domain/ids.ts';
import type { ActivityDeps } from './deps.ts';
import { noteChanges } from './note-changes.ts';
import { observeFleet } from './observe-fleet.ts';
import { reachSessionCluster } from './reach.ts';
import { wakeForLook } from './wake-for-look.ts';

export interface WatchOrder {
  /** How long to go on; 0 makes one round. */
  readonly forMs: number;
  readonly everyMs: number;
}

/** What a sweep did; shown as its result, so the list of sweeps is a health log. */
export interface WatchReport {
  readonly rounds: number;
  readonly jobs: number;
  readonly changed: number;
  readonly woken: number;
}

/** One Deployment is woken at most this often unless something new was seen. */
const WAKE_AGAIN_MS = 10_000;
const DUE_LIMIT = 40;

export async function watchFleet(deps: ActivityDeps, { forMs, everyMs }: WatchOrder): Promise<WatchReport> {
  const until = performance.now() + forMs;
  const wokenAt = new Map<string, number>();
  let report: WatchReport = { rounds: 0, jobs: 0, changed: 0, woken: 0 };
  for (;;) {
    heartbeat(report);
    const sightings = await observeFleet(deps);
    const changed = await noteChanges(deps, sightings);
    for (const id of changed) wokenAt.delete(id);
    const woken = (await wakeDue(deps, wokenAt)) + (await wakeLostSessionClusters(deps, wokenAt));
    report = { rounds: report.rounds + 1, jobs: sightings.length, changed: report.changed + changed.length, woken: report.woken + woken };
    if (performance.now() + everyMs > until) return report;
    await wait(everyMs, undefined, { signal: cancellationSignal() });
  }
}

async function wakeDue(deps: ActivityDeps, wokenAt: Map<string, number>): Promise<number> {
  const { store } = deps;
  const now = performance.now();
  const isFresh = (id: string): boolean => now - (wokenAt.get(id) ?? Number.NEGATIVE_INFINITY) >= WAKE_AGAIN_MS;
  const deployments = (await store.deployments.due(store.read, DUE_LIMIT)).filter(({ id }) => isFresh(id));
  const clusters = (await store.sessionClusters.due(store.read, DUE_LIMIT)).filter(({ id }) => isFresh(id));
  for (const { id } of deployments) if (await wakeOne(deps, id)) wokenAt.set(id, now);
  for (const cluster of clusters) {
    if (await deps.wake.sessionCluster({ ...cluster, summary: `${cluster.name}: look again` })) wokenAt.set(cluster.id, now);
  }
  return deployments.length + clusters.length;
}

async function wakeOne(deps: ActivityDeps, id: DeploymentId): Promise<boolean> {
  const deployment = await deps.store.deployments.findById(deps.store.read, id);
  return deployment !== undefined && wakeForLook(deps, deployment, 'look again');
}

/** A session cluster that says RUNNING but lost processes; it is woken again until its own workflow has seen to it. */
async function wakeLostSessionClusters(deps: ActivityDeps, wokenAt: Map<string, number>): Promise<number> {
  const { store, wake } = deps;
  let woken = 0;
  for (const { name: namespace } of await store.namespaces.list(store.read)) {
    for (const cluster of await store.sessionClusters.list(store.read, namespace)) {
      if (cluster.status.state !== 'RUNNING' || cluster.spec.external !== undefined) continue;
      const reach = await reachSessionCluster(deps, cluster);
      const isLost = reach.kind === 'gone' || (reach.kind === 'rest' && reach.missingTaskManagers > 0);
      if (!isLost || performance.now() - (wokenAt.get(cluster.id) ?? Number.NEGATIVE_INFINITY) < WAKE_AGAIN_MS) continue;
      const { id, name } = cluster;
      if (await wake.sessionCluster({ id, namespace, name, summary: `${name}: lost processes` })) wokenAt.set(id, performance.now());
      woken += 1;
    }
  }
  return woken;
}
