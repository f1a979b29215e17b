// The words of Flink from which drey reads a meaning. Its REST has no error codes, so a few texts have to do; they stand here and nowhere
// else, each valid for 1.16 to 2.3 and covered by the contract that also runs on a real Flink. Anything not listed is just a refusal.
import type { Answer } from '../flink.ts';
import { causesOf } from './causes.ts';

const PHRASES = {
  /** 503 of a JobManager that does not lead (yet): the request went no further. */
  leaderElection: /ongoing leader election/,
  /** 404 of a reachable JobManager, asked for one job. Another 404 (a proxy, a missing route) proves nothing about the job. */
  unknownJob: /\bJob [0-9a-f]{32} not found|Could not find Flink job|Job could not be found/,
  unknownTrigger: /There is no savepoint operation with triggerId|Operation not found under key/,
  checkpointingOff: /Checkpointing (?:has not been|is not) enabled/,
  /** 400 when the jar is gone, 404 where this cluster takes no jars at all (application mode). */
  noSuchJar: /File .* does not exist in|Unable to load requested file/,
} as const satisfies Record<string, RegExp>;

export function says(text: string, phrase: keyof typeof PHRASES): boolean {
  return PHRASES[phrase].test(text);
}

/** True when Flink refused with this status and these words. */
export function refusedWith(answer: Answer<unknown>, status: number, phrase: keyof typeof PHRASES): boolean {
  return answer.kind === 'rejected' && answer.status === status && says(answer.text, phrase);
}

/** Exceptions by which one part of Flink says that another did not answer it: the outcome is unknown, the request may be repeated. */
const NOT_NOW = new Set([
  'akka.pattern.AskTimeoutException',
  'org.apache.pekko.pattern.AskTimeoutException',
  'org.apache.flink.runtime.dispatcher.UnavailableDispatcherOperationException',
  'org.apache.flink.runtime.rpc.exceptions.EndpointNotStartedException',
  'org.apache.flink.runtime.rpc.exceptions.FencingTokenException',
  'org.apache.flink.runtime.rpc.exceptions.RecipientUnreachableException',
  'org.apache.flink.runtime.rpc.exceptions.RpcConnectionException',
]);

export function isNotNow(text: string): boolean {
  return causesOf(text).some(({ type, message }) => NOT_NOW.has(type) || NOT_NOW.has(message.split(':', 1)[0] ?? ''));
}

/** Flink's name for a savepoint that is complete although the job failed while stopping (`reference/flink.md` §2.5). */
export function savepointNamedIn(text: string): string | undefined {
  return /A savepoint has been created at: (.+?), but the corresponding job/.exec(text)?.[1];
}
