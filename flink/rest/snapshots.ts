// Asking for savepoints and reading what became of them. A request is named by our trigger id, so that a repeated one is the same one
// (`reference/flink.md` §2.4). Never drains, never uses the old cancel-with-savepoint.
import type { FlinkJobId, TriggerId } from '../../domain/ids.ts';
import { normaliseLocation } from '../../domain/location.ts';
import type { Answer, FlinkRest, SavepointProgress } from '../flink.ts';
import { read } from './answers.ts';
import { boundText, reasonOf } from './causes.ts';
import { type Fields, fieldsAt, fieldsOf, maybeFieldsAt, maybeTextAt, textAt, UnexpectedAnswer } from './fields.ts';
import type { Ask } from './http-client.ts';
import { refusedWith, savepointNamedIn } from './phrases.ts';

type SnapshotCalls = Pick<FlinkRest, 'savepoint' | 'stop' | 'savepointProgress'>;

export function createSnapshotCalls(ask: Ask): SnapshotCalls {
  return {
    savepoint: async (id, { triggerId, targetDirectory, format }) => {
      const json = { 'target-directory': targetDirectory, 'cancel-job': false, formatType: format, triggerId };
      return read(await ask({ method: 'POST', path: `/jobs/${id}/savepoints`, json }), parseAccepted);
    },
    stop: async (id, { triggerId, targetDirectory, format }) => {
      const json = { targetDirectory, drain: false, formatType: format, triggerId };
      return read(await ask({ method: 'POST', path: `/jobs/${id}/stop`, json }), parseAccepted);
    },
    savepointProgress: (id, triggerId) => savepointProgress(ask, id, triggerId),
  };
}

/** 202 also for a job Flink does not know: the error then stands in the progress. */
function parseAccepted(json: unknown): true {
  textAt(fieldsOf(json, 'the answer'), 'request-id');
  return true;
}

async function savepointProgress(ask: Ask, id: FlinkJobId, triggerId: TriggerId): Promise<Answer<SavepointProgress>> {
  const answer = await ask({ method: 'GET', path: `/jobs/${id}/savepoints/${triggerId}` });
  if (refusedWith(answer, 404, 'unknownTrigger')) return { kind: 'done', value: { kind: 'unknownTrigger' } };
  return read(answer, parseProgress);
}

function parseProgress(json: unknown): SavepointProgress {
  const progress = fieldsOf(json, 'the progress');
  const status = textAt(fieldsAt(progress, 'status'), 'id');
  if (status === 'IN_PROGRESS') return { kind: 'inProgress' };
  if (status !== 'COMPLETED') throw new UnexpectedAnswer(`the progress is ${status.slice(0, 40)}`);
  const operation = fieldsAt(progress, 'operation');
  const failure = maybeFieldsAt(operation, 'failure-cause');
  if (failure !== undefined) return toFailed(failure);
  return { kind: 'completed', location: normaliseLocation(textAt(operation, 'location')) };
}

/** `class` is often just CompletionException: the text tells. */
function toFailed(failure: Fields): SavepointProgress {
  const text = maybeTextAt(failure, 'stack-trace') ?? maybeTextAt(failure, 'class') ?? '';
  const named = savepointNamedIn(text);
  return { kind: 'failed', reason: reasonOf(text), text: boundText(text), ...(named === undefined ? {} : { location: normaliseLocation(named) }) };
}
