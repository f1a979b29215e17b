// The two ways in which a fetch fails, as answers: for good, or for now.
import { withoutPassword } from './artifact-uri.ts';
import type { Answer } from '../flink.ts';

/** It cannot work; `status`: of HTTP, else 0. */
export function refused(reason: string, status = 0): Answer<never> {
  return { kind: 'rejected', status, reason, text: reason };
}

/** Another try may work. A fetch changes nothing, so nothing may have arrived. */
export function later(reason: string): Answer<never> {
  return { kind: 'unavailable', reason, mayHaveArrived: false };
}

/** What an exception says, without passwords. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return withoutPassword(message.includes(code) ? message : `${code}: ${message}`);
}

export function tooLarge(what: string, maxBytes: number): Answer<never> {
  return refused(`${what} is larger than ${Math.floor(maxBytes / 2 ** 20)} MiB, the most that is fetched`);
}
