// `/jars` of the simulated Flink: upload, list, delete, run. A run call is refused with Flink's own words (`reference/flink.md` §2.3).
import { BadInterval, type Configuration, intervalOf } from './checkpointing.ts';
import { hasClass, isJar } from './a-jar.ts';
import { internalError, refusal, runFailed } from './java-errors.ts';
import type { Endpoint, SimCall } from './sim-call.ts';
import type { JobManager, UploadedJar } from './job-manager.ts';
import { simArgument } from './sim-argument.ts';
import { type JobOrder } from './sim-job.ts';

const INVOCATION = 'org.apache.flink.client.program.ProgramInvocationException: ';

export const JAR_ENDPOINTS: readonly Endpoint[] = [
  { method: 'POST', path: /^\/jars\/upload$/, answer: upload },
  { method: 'GET', path: /^\/jars$/, answer: (_, jobManager) => ({ address: 'http://localhost', files: [...jobManager.jars.values()].map(toFile) }) },
  { method: 'DELETE', path: /^\/jars\/([^/]+)$/, answer: remove },
  { method: 'POST', path: /^\/jars\/([^/]+)\/run$/, answer: run },
];

function toFile({ id, name, uploadedAt }: UploadedJar): unknown {
  return { id, name, uploaded: uploadedAt, entry: [] };
}

function upload({ file }: SimCall, jobManager: JobManager): unknown {
  if (file === undefined) throw refusal(400, 'Exactly 1 file must be sent, received 0.');
  if (!file.name.endsWith('.jar')) throw refusal(400, 'Only Jar files are allowed.');
  const jar = jobManager.uploadJar(file.name, file.bytes);
  return { filename: `${jobManager.jarDirectory}/${jar.id}`, status: 'success' };
}

function remove({ parts }: SimCall, jobManager: JobManager): unknown {
  const id = parts[0] ?? '';
  if (!jobManager.jars.delete(id)) throw refusal(400, `File ${id} does not exist in ${jobManager.jarDirectory}.`);
  return {};
}

async function run({ parts, body }: SimCall, jobManager: JobManager): Promise<unknown> {
  const id = parts[0] ?? '';
  const jar = jobManager.jars.get(id);
  const path = `${jobManager.jarDirectory}/${id}`;
  if (jar === undefined) throw internalError(`org.apache.flink.runtime.rest.handler.RestHandlerException: Jar file ${path} does not exist`);
  const entryClass = typeof body['entryClass'] === 'string' ? body['entryClass'] : undefined;
  const order = toOrder(body, entryClass, jobManager.settings.version);
  checkJar(jar, path, entryClass);
  await runMain(order, entryClass);
  if (jobManager.jobs.has(order.id)) throw duplicate(order, jobManager.settings.version);
  const causes = await jobManager.submit(order);
  if (causes !== undefined) throw runFailed(...executeFailed(order), ...causes);
  return jobManager.settings.version.startsWith('1.') ? { jobid: order.id } : { jobid: order.id, applicationId: order.id };
}

function toOrder(body: SimCall['body'], entryClass: string | undefined, version: string): JobOrder {
  const { jobId, programArgsList, parallelism, savepointPath } = body;
  if (typeof jobId !== 'string' || !/^[0-9a-fA-F]{32}$/.test(jobId)) {
    const cause = `java.lang.IllegalArgumentException: Cannot parse JobID from "${String(jobId)}". The expected format is [0-9a-fA-F]{32}.`;
    throw refusal(400, 'Request did not match expected format JarRunRequestBody.', cause);
  }
  const configuration = (takesConfiguration(version) ? (body['flinkConfiguration'] ?? {}) : {}) as Configuration;
  const args = Array.isArray(programArgsList) ? programArgsList.map(String) : [];
  return {
    id: jobId.toLowerCase(),
    name: configuration['pipeline.name'] ?? entryClass?.split('.').at(-1) ?? 'Flink Streaming Job',
    args,
    parallelism: typeof parallelism === 'number' ? parallelism : 1,
    configuration,
    allowNonRestoredState: body['allowNonRestoredState'] === true,
    ...(typeof savepointPath === 'string' ? { savepointPath } : {}),
  };
}

function takesConfiguration(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return (major ?? 0) > 1 || (minor ?? 0) >= 17;
}

function checkJar(jar: UploadedJar, path: string, entryClass: string | undefined): void {
  if (!isJar(jar.bytes)) throw internalError(`${INVOCATION}Error while opening jar file '${path}'`, 'java.util.zip.ZipException: zip END header not found');
  if (entryClass !== undefined && !hasClass(jar.bytes, entryClass)) {
    const missing = `${INVOCATION}The program's entry point class '${entryClass}' was not found in the jar file.`;
    throw internalError(missing, `java.lang.ClassNotFoundException: ${entryClass}`);
  }
}

/** The user's main(), as the argument `--sim-main=throws|no-execute|slow:<ms>` says. */
async function runMain({ args, configuration }: JobOrder, entryClass: string | undefined): Promise<void> {
  const main = simArgument(args, 'main');
  const stray = entryClass?.startsWith('org.apache.flink.streaming.examples.') ? args.find((arg) => !arg.startsWith('-')) : undefined;
  if (stray !== undefined)
    throw mainThrew(`java.lang.IllegalArgumentException: Error parsing arguments '[${stray}]' on '${stray}'. Please prefix keys with -- or -.`);
  if (main === 'throws') throw mainThrew('java.lang.RuntimeException: main() was told to throw');
  if (main === 'no-execute') throw refusal(400, 'No jobs included in application.');
  if (main?.startsWith('slow:')) await new Promise((resolve) => setTimeout(resolve, Number(main.slice(5))));
  try {
    intervalOf(configuration);
  } catch (error) {
    if (error instanceof BadInterval) throw mainThrew(`java.lang.IllegalArgumentException: ${error.message}`);
    throw error;
  }
}

function mainThrew(cause: string): Error {
  return runFailed(`${INVOCATION}The main method caused an error: ${cause.slice(cause.indexOf(': ') + 2)}`, cause);
}

function executeFailed({ name }: JobOrder): readonly string[] {
  return [
    `${INVOCATION}The main method caused an error: Failed to execute job '${name}'.`,
    `org.apache.flink.util.FlinkException: Failed to execute job '${name}'.`,
  ];
}

function duplicate(order: JobOrder, version: string): Error {
  const what = version.startsWith('1.') ? 'Job' : 'Application';
  return runFailed(...executeFailed(order), `org.apache.flink.runtime.client.Duplicate${what}SubmissionException: ${what} has already been submitted.`);
}
