// From an HTTP answer to an `Answer`: what was done, what Flink refused, what is not known. Only an answer in Flink's own form can be a
// refusal; whatever a proxy, a half-dead process or a stranger says is `unavailable`. Pure.
import type { Answer } from '../flink.ts';
import { boundText, reasonOf } from './causes.ts';
import { isFields, UnexpectedAnswer } from './fields.ts';
import { isNotNow, says } from './phrases.ts';

type Unavailable = Extract<Answer<never>, { kind: 'unavailable' }>;

export function unavailable(reason: string, mayHaveArrived: boolean): Unavailable {
  return { kind: 'unavailable', reason, mayHaveArrived };
}

/** The answer's JSON, or what became of the call. */
export function toAnswer(status: number, body: string): Answer<unknown> {
  const json = parse(body);
  if (status >= 200 && status < 300) {
    return json === undefined ? unavailable(`HTTP ${status} without the JSON that Flink answers`, true) : { kind: 'done', value: json };
  }
  if (status === 503) return unavailable(reasonAt(status, body), !says(body, 'leaderElection'));
  const text = errorsIn(json);
  if (text === undefined) return unavailable(`HTTP ${status}, and not in the form of Flink`, true);
  if (status === 408 || status > 500 || isNotNow(text)) return unavailable(reasonAt(status, text), true);
  return { kind: 'rejected', status, reason: reasonOf(text), text: boundText(text) };
}

/** `answer` with its JSON read; JSON of another form is `unavailable`. */
export function read<T>(answer: Answer<unknown>, parseValue: (json: unknown) => T): Answer<T> {
  if (answer.kind !== 'done') return answer;
  try {
    return { kind: 'done', value: parseValue(answer.value) };
  } catch (error) {
    if (error instanceof UnexpectedAnswer) return unavailable(`not an answer of Flink: ${error.message}`, true);
    throw error;
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Flink's error body is always `{"errors": [text, …]}`. */
function errorsIn(json: unknown): string | undefined {
  if (!isFields(json) || !Array.isArray(json['errors'])) return undefined;
  return json['errors'].filter((error) => typeof error === 'string').join('\n');
}

function reasonAt(status: number, body: string): string {
  return `HTTP ${status}: ${reasonOf(errorsIn(parse(body)) ?? 'no reason given')}`;
}
