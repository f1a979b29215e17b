// Jars of a session cluster and running them. A jar id is known to one JobManager only. A run call starts at most the job whose id it
// names; whatever it answers but success, the caller looks for that id (`reference/flink.md` §2.3).
import { openAsBlob } from 'node:fs';
import { FormData } from 'undici';
import type { FlinkJobId } from '../../domain/ids.ts';
import type { Answer, BurnOrder, FlinkRest, RunOrder } from '../flink.ts';
import { read, unavailable } from './answers.ts';
import { BURNING_JAR } from './burning-jar.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { fieldsOf, listAt, textAt } from './fields.ts';
import type { Ask } from './http-client.ts';
import { parseFlinkJobId } from './jobs.ts';
import { refusedWith } from './phrases.ts';

type JarCalls = Pick<FlinkRest, 'uploadJar' | 'jars' | 'deleteJar' | 'run' | 'burn'>;

export interface JarOptions {
  readonly ask: Ask;
  /** The version of this JobManager, perhaps a minute old. */
  readonly version: () => Promise<Answer<string>>;
  readonly uploadLimitMs: number;
  readonly runLimitMs: number;
}

export function createJarCalls(options: JarOptions): JarCalls {
  const { ask } = options;
  return {
    uploadJar: async (path, name, signal) => {
      try {
        return await upload(options, { jar: await openAsBlob(path, { type: 'application/java-archive' }), name, ...(signal && { signal }) });
      } catch (error) {
        return unavailable(`the jar cannot be read: ${error instanceof Error ? error.message : String(error)}`, false);
      }
    },
    jars: async () => read(await ask({ method: 'GET', path: '/jars' }), parseJars),
    deleteJar: (jarId) => deleteJar(options, jarId),
    run: (jarId, order, signal) => run(options, jarId, { order, ...(signal && { signal }) }),
    burn: (jobId, order, signal) => burn(options, jobId, { order, ...(signal && { signal }) }),
  };
}

interface Upload {
  readonly jar: Blob;
  readonly name: string;
  readonly signal?: AbortSignal;
}

/** A line that is slower than this does not carry large jars. */
const BYTES_PER_MS = 4 * 1024;

async function upload({ ask, uploadLimitMs }: JarOptions, { jar, name, signal }: Upload): Promise<Answer<string>> {
  const form = new FormData();
  form.append('jarfile', jar, name);
  const limitMs = Math.max(uploadLimitMs, Math.ceil(jar.size / BYTES_PER_MS));
  return read(await ask({ method: 'POST', path: '/jars/upload', form, limitMs, ...(signal && { signal }) }), parseUploaded);
}

async function deleteJar({ ask }: JarOptions, jarId: string): Promise<Answer<true>> {
  const answer = await ask({ method: 'DELETE', path: `/jars/${encodeURIComponent(jarId)}` });
  if (refusedWith(answer, 400, 'noSuchJar') || refusedWith(answer, 404, 'noSuchJar')) return { kind: 'done', value: true };
  return read(answer, () => true as const);
}

/** Flink answers with the path on its own disk; the id is its last part. */
function parseUploaded(json: unknown): string {
  const path = textAt(fieldsOf(json, 'the answer'), 'filename');
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function parseJars(json: unknown): readonly { readonly id: string; readonly name: string }[] {
  return listAt(fieldsOf(json, 'the jars'), 'files').map((item) => {
    const file = fieldsOf(item, 'a jar');
    return { id: textAt(file, 'id'), name: textAt(file, 'name') };
  });
}

interface RunCall {
  readonly order: RunOrder;
  readonly signal?: AbortSignal;
}

async function run({ ask, version, runLimitMs }: JarOptions, jarId: string, { order, signal }: RunCall): ReturnType<FlinkRest['run']> {
  const running = await version();
  if (running.kind === 'unavailable') return unavailable(running.reason, false);
  if (running.kind === 'rejected') return running;
  const dialect = dialectOf(running.value);
  if (!dialect.takesConfiguration && Object.keys(order.flinkConfiguration).length > 0) return refuseConfiguration(running.value);
  const path = `/jars/${encodeURIComponent(jarId)}/run`;
  const answer = await ask({ method: 'POST', path, json: toRunBody(order, dialect), limitMs: runLimitMs, ...(signal && { signal }) });
  return read(answer, (json) => ({ jobId: parseFlinkJobId(textAt(fieldsOf(json, 'the answer'), 'jobid')) }));
}

interface BurnCall {
  readonly order: BurnOrder;
  readonly signal?: AbortSignal;
}

/** The user's own program will not do: one whose main() throws never gets as far as the id. */
async function burn(options: JarOptions, jobId: FlinkJobId, { order: { jarName, savepointPath }, signal }: BurnCall): Promise<Answer<true>> {
  const jar = await upload(options, { jar: BURNING_JAR, name: jarName, ...(signal && { signal }) });
  if (jar.kind !== 'done') return jar;
  const order = { jobId, args: [], parallelism: 1, allowNonRestoredState: false, flinkConfiguration: {}, savepointPath };
  await run(options, jar.value, { order, ...(signal && { signal }) });
  return deleteJar(options, jar.value);
}

/** Sent without it the job would run with other settings than it was asked to. */
function refuseConfiguration(version: string): Answer<never> {
  const reason = `Flink ${version} takes no configuration with a run call; session mode needs 1.17 or newer`;
  return { kind: 'rejected', status: 0, reason, text: reason };
}

/** `programArgs` is never sent: from 2.0 on it is ignored without a word. NO_CLAIM: snapshots are ours to delete, not Flink's. */
export function toRunBody(order: RunOrder, dialect: Dialect): Readonly<Record<string, unknown>> {
  return {
    jobId: order.jobId,
    programArgsList: order.args,
    parallelism: order.parallelism,
    allowNonRestoredState: order.allowNonRestoredState,
    ...(order.entryClass === undefined ? {} : { entryClass: order.entryClass }),
    ...(order.savepointPath === undefined ? {} : { savepointPath: order.savepointPath, [dialect.claimField]: 'NO_CLAIM' }),
    ...(dialect.takesConfiguration ? { flinkConfiguration: order.flinkConfiguration } : {}),
  };
}
