// Why a JobManager's process ended, in plain words: from its exit code, and from its log where that says more.
import { constants } from 'node:os';
import type { Sighting } from '../flink/flink.ts';

/** A shell's convention, which the local clusters follow: a process ended by signal n has the exit code 128 + n. */
const SIGNALS = 128;
const EXCEPTION = /^\S*(Exception|Error): /;

/** `reason` is one sentence of at most about 600 characters; `text` says it again and appends the last lines of the log, where there are any. */
export function lastWords({ exitCode, logTail }: Extract<Sighting, { kind: 'gone' }>): { readonly reason: string; readonly text: string } {
  const signal = exitCode === undefined ? undefined : signalOf(exitCode);
  const reason = signal === undefined ? `the JobManager process ended${ofCode(exitCode)}${causeIn(logTail)}` : killedBy(signal);
  return { reason, text: logTail.trim() === '' ? '' : `${reason}\nThe last lines of its log:\n${logTail}` };
}

function signalOf(exitCode: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === exitCode - SIGNALS)?.[0];
}

function ofCode(exitCode: number | undefined): string {
  return exitCode === undefined ? '' : ` with exit code ${exitCode}`;
}

/** Whoever sent the signal left no trace in the log: an older exception there is not the cause. */
function killedBy(signal: string): string {
  const hint = signal === 'SIGKILL' ? '; the operating system does this too when memory runs out' : '';
  return `the JobManager process was killed by the signal ${signal}${hint}`;
}

function causeIn(logTail: string): string {
  const line = logTail.split('\n').findLast((each) => each.includes('Caused by: ') || EXCEPTION.test(each));
  if (line === undefined) return '';
  const cause = line.replace(/^.*Caused by: /, '').trim();
  return `; the last error in its log: ${cause.slice(0, 500)}`;
}
