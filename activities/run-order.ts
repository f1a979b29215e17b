// The run call of a Job: what is sent, and how its id is used up.
import { splitArguments } from '../domain/effective.ts';
import { toFlinkJobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import type { FlinkRest, RunOrder } from '../flink/flink.ts';
import { NOWHERE } from './masked-rest.ts';

export function runOrder(job: Job): RunOrder {
  const { artifact, parallelism } = job.template.spec;
  return {
    jobId: toFlinkJobId(job.id),
    parallelism,
    allowNonRestoredState: job.allowNonRestoredState,
    flinkConfiguration: job.flinkConfiguration,
    args: artifact.kind === 'JAR' ? splitArguments(artifact.mainArgs) : [],
    ...(artifact.kind === 'JAR' && artifact.entryClass !== undefined ? { entryClass: artifact.entryClass } : {}),
    ...(job.restore === undefined ? {} : { savepointPath: job.restore.location }),
  };
}

/** With the looks before and after it, an attempt stays below its limit. A call that was given up may still arrive, which does no harm. */
const BURN_MS = 12_000;

/** Whatever it answers, `fateOf` tells whether the id is used up. The jar is named like that of the Job, so that the Job's end takes away what is left. */
export async function burn(rest: FlinkRest, job: Job, signal: AbortSignal): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(BURN_MS)]);
  await rest.burn(toFlinkJobId(job.id), { jarName: `${job.id}.jar`, savepointPath: NOWHERE }, limited);
}

/** What the Job's id is to a JobManager: free, taken by a job, or used up by `burn`; undefined when it does not answer, or cannot tell yet. */
export async function fateOf(rest: FlinkRest, job: Job): Promise<'free' | 'taken' | 'burned' | undefined> {
  const id = toFlinkJobId(job.id);
  const known = await rest.job(id);
  if (known.kind !== 'done') return undefined;
  if (known.value === undefined) return 'free';
  if (known.value.tasks.total > 0) return 'taken';
  if (known.value.status !== 'FAILED') return known.value.status === 'INITIALIZING' ? undefined : 'taken';
  const causes = await rest.exceptions(id, 1);
  if (causes.kind !== 'done' || causes.value.length === 0) return undefined;
  return causes.value.some(({ reason }) => reason.includes(NOWHERE)) ? 'burned' : 'taken';
}
