// Flink's own word, asked without drey: which jobs are alive right now, again and again, and at the end everything that ever ran.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { FlinkJobRecord, Sightings } from './chaos-records.ts';

const EVERY_MS = 100;
const ENDED = ['FINISHED', 'CANCELED', 'FAILED'];

export interface Witness {
  /** Every job this Flink knows. */
  look(): Promise<readonly FlinkJobRecord[]>;
  /** The same with what each restored and saved. */
  history(): Promise<readonly FlinkJobRecord[]>;
}

interface RestCheckpoint {
  readonly id: number;
  readonly external_path?: string;
}

interface RestCheckpoints {
  readonly latest: { readonly completed: RestCheckpoint | null; readonly savepoint: RestCheckpoint | null; readonly restored: RestCheckpoint | null };
}

interface RestOverview {
  readonly jobs: readonly { readonly jid: string; readonly state: string; readonly 'start-time': number; readonly 'end-time': number }[];
}

async function json<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status}`);
  return (await response.json()) as T;
}

/** The simulated Flink writes its history itself. */
export function simulatedWitness(historyUrl: string): Witness {
  const history = (): Promise<readonly FlinkJobRecord[]> => json(historyUrl);
  return { look: history, history };
}

/** A real JobManager keeps what ended for an hour. */
export function realWitness(url: string): Witness {
  const look = async (): Promise<readonly FlinkJobRecord[]> => {
    const { jobs } = await json<RestOverview>(`${url}/jobs/overview`);
    return jobs.map((job) => ({
      id: job.jid,
      status: job.state,
      startedAt: job['start-time'],
      ...(job['end-time'] >= 0 && { endedAt: job['end-time'] }),
      savepoints: [],
    }));
  };
  return {
    look,
    history: async () => await Promise.all((await look()).map(async (job) => withCheckpoints(job, await json(`${url}/jobs/${job.id}/checkpoints`)))),
  };
}

function withCheckpoints(job: FlinkJobRecord, { latest }: RestCheckpoints): FlinkJobRecord {
  const { completed, savepoint, restored } = latest;
  const newest = Math.max(completed?.id ?? 0, savepoint?.id ?? 0);
  return {
    ...job,
    savepoints: savepoint === null ? [] : [toSnapshot(savepoint)],
    ...(restored !== null && { restored: toSnapshot(restored) }),
    ...(newest > 0 && { newestCheckpointId: newest }),
  };
}

function toSnapshot({ id, external_path: location }: RestCheckpoint): { readonly checkpointId: number; readonly location?: string } {
  return { checkpointId: id, ...(location !== undefined && { location }) };
}

/** Where drey's local session cluster listens; it is the only one. */
export async function sessionClusterUrl(home: string): Promise<string> {
  const sessions = join(home, 'clusters', 'sessions');
  const [id = ''] = await readdir(sessions);
  const [incarnation = ''] = await readdir(join(sessions, id));
  const { url } = JSON.parse(await readFile(join(sessions, id, incarnation, 'start'), 'utf8')) as { url: string };
  return url;
}

/** Looks ten times a second until `signal`. */
export async function watchFlink(witness: Witness, signal: AbortSignal): Promise<Sightings> {
  const together = new Map<string, readonly [string, string]>();
  let looks = 0;
  while (!signal.aborted) {
    const seen = await witness.look().catch(() => undefined);
    if (seen !== undefined) {
      looks += 1;
      const alive = seen.filter(({ status }) => !ENDED.includes(status)).map(({ id }) => id);
      for (const pair of pairsOf(alive.sort())) together.set(pair.join(), pair);
    }
    await wait(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return { looks, together: [...together.values()] };
}

function pairsOf(ids: readonly string[]): readonly (readonly [string, string])[] {
  return ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b] as const));
}
