// watchFleet: the drift detector. Rounds over all clusters with Jobs of ours, one `/jobs/overview` a cluster and round, and over what
// the database says is due. It decides nothing: it raises intentVersion in the transaction that stores what it saw, and wakes.
// A cluster that hangs delays nobody: one round waits for it a moment, and the next ones do not until it has answered in time.
import { cancellationSignal } from '@temporalio/activity';
import { setTimeout as wait } from 'node:timers/promises';
import type { DeploymentId, JobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import { announceChanges } from './announce-changes.ts';
import type { ActivityDeps } from './deps.ts';
import { emptyNamespaces } from './empty-namespaces.ts';
import { createForeignJobs, type ForeignJobs } from './foreign-jobs.ts';
import { type Known, knownObservations, noteChanges } from './note-changes.ts';
import { observeCluster, type WatchedCluster, watchedClusters } from './observe-fleet.ts';
import { showProgress } from './progress.ts';
import { forgetDeleted, pruneAuditLog } from './prune.ts';
import { wakeDue, wakeLostSessionClusters } from './wake-due.ts';

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
  /** Live Flink jobs beside ours on their clusters that nobody recorded; never touched. */
  readonly foreign: number;
  /** The worker ends soon and does not watch: the sweep is over, too. */
  readonly isGlance?: true;
}

/** How long a round waits for its slowest cluster. */
const PATIENCE_MS = 1000;
/** How often the checkpoints of a Job are asked about. */
const PROGRESS_EVERY_MS = 15_000;

interface Watch {
  readonly known: Known;
  /** Clusters that have not answered yet. */
  readonly pending: Map<string, Promise<void>>;
  /** Clusters that did not answer within a round's patience the last time. */
  readonly slow: Set<string>;
  readonly askedAt: Map<JobId, number>;
  readonly wokenAt: Map<string, number>;
  readonly foreign: ForeignJobs;
  changed: number;
}

export async function watchFleet(deps: ActivityDeps, { forMs, everyMs }: WatchOrder): Promise<WatchReport> {
  const until = performance.now() + (deps.isShortLived ? 0 : forMs);
  const watch: Watch = {
    known: await knownObservations(deps),
    pending: new Map(),
    slow: new Set(),
    askedAt: new Map(),
    wokenAt: new Map(),
    foreign: createForeignJobs(deps),
    changed: 0,
  };
  let report: WatchReport = { rounds: 0, jobs: 0, changed: 0, woken: 0, foreign: 0 };
  await forgetDeleted(deps);
  await pruneAuditLog(deps);
  await endStranded(deps);
  for (;;) {
    showProgress(report);
    const clusters = await watchedClusters(deps);
    const isLast = performance.now() + everyMs > until;
    await round(deps, watch, isLast ? clusters.filter(({ key }) => !watch.slow.has(key)) : clusters);
    const woken = (await wakeDue(deps, watch.wokenAt)) + (await wakeLostSessionClusters(deps, watch.wokenAt));
    await emptyNamespaces(deps);
    await announceChanges(deps);
    const jobs = clusters.reduce((sum, { live }) => sum + live.length, 0);
    report = { rounds: report.rounds + 1, jobs, changed: watch.changed, woken: report.woken + woken, foreign: watch.foreign.count() };
    if (performance.now() + everyMs > until) break;
    await wait(everyMs, undefined, { signal: cancellationSignal() });
  }
  await Promise.all(watch.pending.values());
  return { ...report, changed: watch.changed, ...(deps.isShortLived && { isGlance: true }) };
}

/** Whoever was left by one of them is due, and is woken by this watch. */
async function endStranded({ endStrandedRuns, log }: ActivityDeps): Promise<void> {
  try {
    const ended = (await endStrandedRuns?.()) ?? 0;
    if (ended > 0) log.warn({ ended }, 'runs that no worker would have continued were ended');
  } catch (error) {
    log.error({ err: error }, 'stranded runs could not be looked for');
  }
}

async function round(deps: ActivityDeps, watch: Watch, clusters: readonly WatchedCluster[]): Promise<void> {
  for (const cluster of clusters) {
    if (watch.pending.has(cluster.key)) continue;
    watch.pending.set(cluster.key, timed(watch, cluster.key, lookAt(deps, watch, cluster)));
  }
  const moment = new AbortController();
  const all = Promise.all([...watch.pending].filter(([key]) => !watch.slow.has(key)).map(([, seen]) => seen));
  await Promise.race([all, wait(PATIENCE_MS, undefined, { signal: moment.signal }).catch(() => undefined)]).finally(() => moment.abort());
}

async function timed({ pending, slow }: Watch, key: string, seen: Promise<void>): Promise<void> {
  const since = performance.now();
  await seen;
  pending.delete(key);
  if (performance.now() - since < PATIENCE_MS) slow.delete(key);
  else slow.add(key);
}

/** Never throws: a look that fails is logged and made again in the next round. */
async function lookAt(deps: ActivityDeps, watch: Watch, cluster: WatchedCluster): Promise<void> {
  try {
    const seen = await observeCluster(deps, cluster, (job) => isDue(watch, job));
    const changed: readonly DeploymentId[] = await noteChanges(deps, watch.known, seen.jobs);
    for (const id of changed) watch.wokenAt.delete(id);
    watch.changed += changed.length;
    await watch.foreign.note(seen.others);
  } catch (error) {
    deps.log.error({ err: error }, 'a cluster could not be watched in this round');
  }
}

function isDue({ askedAt }: Watch, { id }: Job): boolean {
  const now = performance.now();
  if (now - (askedAt.get(id) ?? Number.NEGATIVE_INFINITY) < PROGRESS_EVERY_MS) return false;
  askedAt.set(id, now);
  return true;
}
