// Runs `mvn` as a person would: the user's own settings, mirrors and credentials, no shell, no repository address of ours.
// Knows nothing of what is fetched; never shows what Maven prints (it may hold addresses and names of the user's repositories).
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Environment = Readonly<Record<string, string>>;

export interface MavenRun {
  readonly args: readonly string[];
  /** Where it runs: a folder without a `.mvn` of somebody else. */
  readonly folder: string;
  readonly environment: Environment;
  /** Every line it prints. */
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export type MavenOutcome =
  | { readonly kind: 'done' }
  /** There is no `mvn`. */
  | { readonly kind: 'missing' }
  /** No repository could be reached, or the run was aborted: another try may work. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** Maven says that it cannot be done: no such artifact, wrong checksum, broken settings. */
  | { readonly kind: 'refused'; readonly reason: string };

export const MAVEN_IS_MISSING = 'Maven was not found: install it (Debian: apt install maven, macOS: brew install maven)';
const NO_NETWORK = 'Maven cannot reach its repository: connect to the network or name a mirror in ~/.m2/settings.xml';

const NETWORK =
  /UnknownHost|Unknown host|Connection (refused|reset)|Connect(ion)? to .* (refused|failed|timed out)|timed out|Network is unreachable|No route to host|Temporary failure in name resolution|Name or service not known|nodename nor servname|in offline mode|status code: (429|5\d\d)|Service Unavailable|Bad Gateway/i;
const KEPT_LINES = 200;

/** Runs Maven to its end. Never throws. */
export function runMaven({ args, folder, environment, onLine, signal }: MavenRun): Promise<MavenOutcome> {
  const child = spawn('mvn', ['-B', '-C', '-Dstyle.color=never', ...args], {
    cwd: folder,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  const errors: string[] = [];
  const read = (line: string): void => {
    onLine?.(line);
    if (/^\[ERROR\]|Exception|Error:/.test(line) && errors.length < KEPT_LINES) errors.push(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') return;
      resolve(error.code === 'ENOENT' ? { kind: 'missing' } : { kind: 'unreachable', reason: `Maven could not be started: ${error.message}` });
    });
    child.on('close', (code) => resolve(outcomeOf(code, errors, signal?.aborted === true)));
  });
}

function outcomeOf(code: number | null, errors: readonly string[], aborted: boolean): MavenOutcome {
  if (code === 0) return { kind: 'done' };
  if (aborted || code === null) return { kind: 'unreachable', reason: 'Maven was interrupted' };
  if (errors.some((line) => NETWORK.test(line) || (/Could not transfer artifact/.test(line) && !/auth(enti|oriz)|\b40[13]\b/i.test(line))))
    return { kind: 'unreachable', reason: NO_NETWORK };
  return { kind: 'refused', reason: sentenceOf(errors) };
}

/** The first error without the goal, the addresses and the advice that Maven wraps around it. */
function sentenceOf(errors: readonly string[]): string {
  const first = errors[0] ?? 'Maven failed without an error message';
  const told = first.replace(/^\[ERROR\]\s*/, '').replace(/^Failed to execute goal .*?: (?=\S)/, '');
  const plain = told.replace(/\s*->?\s*\[Help \d+\].*$/, '').replaceAll(/\(?\b[a-z]+:\/\/\S+/gi, '…');
  return `Maven: ${plain.trim().slice(0, 500)}`;
}
