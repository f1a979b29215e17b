// The frame of a container's program: started once, stopped by the first signal, ended by the second. Says in one sentence what keeps it from starting.
import { StartProblem } from '../start-problem.ts';

/** `start` returns how to stop; its signal tells that nobody waits for the start any more. The process ends with 0 after a stop, with 1 when it could not start. */
export async function runProgram(start: (told: AbortSignal) => Promise<() => Promise<void>>): Promise<void> {
  const stopping = new AbortController();
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stopping.signal.aborted) process.exit(130);
        stopping.abort();
        resolve();
      });
    }
  });
  try {
    const starting = start(stopping.signal);
    const stop = await Promise.race([starting, told]);
    await told;
    await (stop ?? (await starting))();
    process.exit(0);
  } catch (error) {
    const text = error instanceof StartProblem ? error.message : `could not run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    process.stderr.write(`${JSON.stringify({ level: 'error', msg: text })}\n`);
    process.exit(1);
  }
}
