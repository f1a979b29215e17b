// The run call of a Job: what is sent, and the one that can never succeed.
import { splitArguments } from '../domain/effective.ts';
import { toFlinkJobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import type { FlinkRest, RunOrder } from '../flink/flink.ts';

const NOWHERE = 'file:///drey/burned/this-savepoint-cannot-exist';

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

/** One run with the Job's id that cannot succeed. Whatever it answers, the job list tells whether the id is used up. */
export async function burn(rest: FlinkRest, job: Job): Promise<void> {
  await rest.run(job.jarId ?? '', { ...runOrder(job), savepointPath: NOWHERE, allowNonRestoredState: false });
}
