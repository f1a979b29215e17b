// A server that runs as our child process for as long as a benchmark: a file of this project that says on its first line where it is.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Child {
  /** What it said when it was ready. */
  readonly said: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** `script`: a path in this project. The channel tells the child when we are gone, however we ended. */
export async function startChild(script: string, args: readonly string[] = []): Promise<Child> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const first = await Promise.race([once(lines, 'line'), ended]);
  if (typeof first[0] !== 'string') throw new Error(`${script} ended with code ${String(first[0])} before it was ready`);
  return {
    said: JSON.parse(first[0]) as Record<string, string>,
    async stop() {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGTERM')) await ended;
    },
  };
}
