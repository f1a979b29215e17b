// A stateful upgrade as a script would do it, straight on Flink's REST: the floor that drey is measured against.
import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 10;

export interface RawJob {
  readonly url: string;
  readonly jarId: string;
  readonly entryClass: string;
  readonly savepointRoot: string;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
}

async function json(url: string, init?: RequestInit): Promise<Record<string, unknown>> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${url}: ${response.status} ${(await response.text()).slice(0, 500)}`);
  return (await response.json()) as Record<string, unknown>;
}

const post = (body: unknown): RequestInit => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** The id of the jar at that JobManager. */
export async function uploadJar(url: string, path: string): Promise<string> {
  const form = new FormData();
  form.append('jarfile', new Blob([await readFile(path)]), 'raw.jar');
  const answer = await json(`${url}/v1/jars/upload`, { method: 'POST', body: form });
  return String(answer['filename']).split('/').at(-1) ?? '';
}

/** Runs the job and waits until all its tasks run; the id of the new job. */
export async function run(job: RawJob, savepointPath?: string): Promise<string> {
  const { jobid } = await json(
    `${job.url}/v1/jars/${job.jarId}/run`,
    post({
      entryClass: job.entryClass,
      parallelism: 1,
      flinkConfiguration: job.flinkConfiguration,
      ...(savepointPath === undefined ? {} : { savepointPath }),
    }),
  );
  for (;;) {
    const { jobs } = (await json(`${job.url}/v1/jobs/overview`)) as { jobs: { jid: string; state: string; tasks: { total: number; running: number } }[] };
    const seen = jobs.find((j) => j.jid === jobid);
    if (seen?.state === 'RUNNING' && seen.tasks.total > 0 && seen.tasks.running === seen.tasks.total) return String(jobid);
    if (seen?.state === 'FAILED') throw new Error(`the raw job ${String(jobid)} failed`);
    await wait(POLL_MS);
  }
}

/** Stops with a savepoint; its location. */
export async function stop(job: RawJob, jobId: string): Promise<string> {
  const triggerId = randomBytes(16).toString('hex');
  const targetDirectory = `${job.savepointRoot}/${triggerId}`;
  await json(`${job.url}/v1/jobs/${jobId}/stop`, post({ triggerId, targetDirectory, drain: false, formatType: 'CANONICAL' }));
  for (;;) {
    const answer = (await json(`${job.url}/v1/jobs/${jobId}/savepoints/${triggerId}`)) as { status: { id: string }; operation?: { location?: string } };
    if (answer.operation?.location !== undefined) return answer.operation.location;
    if (answer.status.id === 'COMPLETED') throw new Error(`the raw savepoint failed: ${JSON.stringify(answer.operation).slice(0, 500)}`);
    await wait(POLL_MS);
  }
}

/** One stateful upgrade: stop-with-savepoint, run from it, all tasks running. */
export async function upgrade(job: RawJob, jobId: string): Promise<string> {
  return run(job, await stop(job, jobId));
}
