// Flink's REST as one Job or session cluster may use it: on the way there secret values are filled in, and in every text that comes back they
// are hidden. Ids, statuses and locations pass as they are: drey goes on using them.
import type { Answer, FlinkException, FlinkRest, SavepointProgress } from '../flink/flink.ts';
import type { ProcessLogs } from '../flink/logs.ts';

/** The words of Flink, and of drey itself, on which decisions rest: they are told even if a secret value happens to be part of them. */
export const ALREADY_SUBMITTED = 'has already been submitted';
/** A job that was used up names it in its cause. */
export const NOWHERE = 'file:///drey/burned/this-savepoint-cannot-exist';

export type Configuration = Readonly<Record<string, string>>;

/** The secret values of whoever owns what is said. */
export interface Discretion {
  /** The text without the values. */
  hide(text: string): Promise<string>;
  /** Rejected when a value is missing, by its name. */
  fillConfiguration(configuration: Configuration): Promise<Answer<Configuration>>;
}

/** The text as it may be told. */
export async function tell({ hide }: Pick<Discretion, 'hide'>, text: string): Promise<string> {
  const hidden = await hide(text);
  const lost = [ALREADY_SUBMITTED, NOWHERE].filter((words) => text.includes(words) && !hidden.includes(words));
  return [hidden, ...lost].join(' … ');
}

/** The answer with its texts as they may be told; its value is untouched. */
export async function maskedAnswer<T>(discretion: Pick<Discretion, 'hide'>, answer: Answer<T>): Promise<Answer<T>> {
  if (answer.kind === 'done') return answer;
  const reason = await tell(discretion, answer.reason);
  return answer.kind === 'rejected' ? { ...answer, reason, text: await tell(discretion, answer.text) } : { ...answer, reason };
}

/** Every call is listed: whoever adds one has to say what of its answer is text. */
export function maskedRest(rest: FlinkRest, discretion: Discretion): FlinkRest {
  const said = async <T>(answer: Promise<Answer<T>>): Promise<Answer<T>> => maskedAnswer(discretion, await answer);
  return {
    url: rest.url,
    open: (pathAndQuery, signal) => rest.open(pathAndQuery, signal),
    logs: maskedLogs(rest.logs, discretion),
    version: () => said(rest.version()),
    clusterSettings: () => said(rest.clusterSettings()),
    slots: () => said(rest.slots()),
    jobs: () => said(rest.jobs()),
    job: (id) => said(rest.job(id)),
    uploadJar: (path, name, signal) => said(rest.uploadJar(path, name, signal)),
    jars: () => said(rest.jars()),
    deleteJar: (jarId) => said(rest.deleteJar(jarId)),
    async run(jarId, order, signal) {
      const filled = await discretion.fillConfiguration(order.flinkConfiguration);
      if (filled.kind !== 'done') return filled;
      return said(rest.run(jarId, { ...order, flinkConfiguration: filled.value }, signal));
    },
    burn: (id, order, signal) => said(rest.burn(id, order, signal)),
    savepoint: (id, order) => said(rest.savepoint(id, order)),
    stop: (id, order) => said(rest.stop(id, order)),
    async savepointProgress(id, triggerId) {
      const answer = await said(rest.savepointProgress(id, triggerId));
      return answer.kind === 'done' ? { ...answer, value: await maskedProgress(discretion, answer.value) } : answer;
    },
    cancel: (id) => said(rest.cancel(id)),
    checkpoints: (id) => said(rest.checkpoints(id)),
    async exceptions(id, limit) {
      const answer = await said(rest.exceptions(id, limit));
      return answer.kind === 'done' ? { ...answer, value: await Promise.all(answer.value.map((each) => maskedException(discretion, each))) } : answer;
    },
    restarts: (id) => said(rest.restarts(id)),
  };
}

/** Bytes of a log are text. A piece of it can only be masked for itself here; whoever serves pieces looks at what surrounds them, too. */
function maskedLogs(logs: ProcessLogs, discretion: Discretion): ProcessLogs {
  return {
    list: async () => maskedAnswer(discretion, await logs.list()),
    async read(file, range) {
      const answer = await maskedAnswer(discretion, await logs.read(file, range));
      if (answer.kind !== 'done' || answer.value === undefined) return answer;
      return { ...answer, value: Buffer.from(await discretion.hide(answer.value.toString('utf8'))) };
    },
  };
}

/** `location` is where a savepoint lies, not what is told of it. */
async function maskedProgress(discretion: Discretion, progress: SavepointProgress): Promise<SavepointProgress> {
  if (progress.kind !== 'failed') return progress;
  return { ...progress, reason: await tell(discretion, progress.reason), text: await tell(discretion, progress.text) };
}

async function maskedException(discretion: Discretion, { name, reason, stacktrace, at }: FlinkException): Promise<FlinkException> {
  return { at, name: await tell(discretion, name), reason: await tell(discretion, reason), stacktrace: await tell(discretion, stacktrace) };
}
