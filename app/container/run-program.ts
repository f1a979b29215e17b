// The frame of a container's program: started once, stopped by the first signal, ended by the second. Says in one sentence what keeps it from starting.
import { StartProblem } from '../start-problem.ts';

/** `start` returns how to stop. The process ends with 0 after a stop, with 1 when it could not start. */
export async function runProgram(start: () => Promise<() => Promise<void>>): Promise<void> {
  let isStopping = false;
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(130);
        isStopping = true;
        resolve();
      });
    }
  });
  try {
    const starting = start();
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
