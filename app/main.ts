// The platform's process: reads the configuration, starts everything, and on a signal stops everything it started.
// Started by app/start.mjs, on the project's own Node.
import { readConfig } from './config.ts';
import type { Config } from './config.ts';
import { endChildren } from './embedded/children.ts';
import { createLogger, createUnspeakable, createVoice, logFile, standardOutput } from './log.ts';
import type { Voice } from './log.ts';
import { startPlatform } from './platform.ts';
import { secretsOf } from './secrets-of.ts';
import { StartProblem } from './start-problem.ts';
import { createStopper } from './stopper.ts';
import type { Stopper } from './stopper.ts';

/** Ctrl-C reaches us from the terminal, from npm and from the bootstrap: what follows the first this soon is the same wish. */
const SAME_WISH_MS = 1000;

/** A problem that a person can solve is one sentence; anything else shows where it comes from. */
function complain(error: unknown): void {
  const text =
    error instanceof StartProblem ? error.message : `drey could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[K' : ''}${text}\n`);
}

/** First wish: stop gracefully. A later one: end at once. Killed from above: end at once, as after a crash. */
function listenForStop(stop: () => void, voice: Voice): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = Date.now();
        return stop();
      }
      if (Date.now() - first < SAME_WISH_MS) return;
      voice.say('ended at once; what still runs is found again by the next start');
      process.exit(130);
    });
  }
  process.on('disconnect', () => {
    if (first === undefined) process.exit(137);
  });
}

async function stopAndExit(stopper: Stopper, { voice, code }: { readonly voice: Voice; readonly code: number }): Promise<never> {
  const started = Date.now();
  await stopper.run();
  endChildren();
  if (code === 0) voice.say(`stopped in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  process.exit(code);
}

async function run(config: Config, voice: Voice): Promise<void> {
  const unspeakable = createUnspeakable(secretsOf(config));
  const logger = createLogger(logFile(config.home), unspeakable);
  const stopper = createStopper(logger);
  const stopping = new AbortController();
  listenForStop(() => {
    stopping.abort();
    voice.endSteps();
    voice.say('stopping: every job keeps its state (press Ctrl-C again to end at once)');
    void stopAndExit(stopper, { voice, code: 0 });
  }, voice);
  try {
    await startPlatform({ config, voice, logger, unspeakable, stopper, signal: stopping.signal });
  } catch (error) {
    if (stopping.signal.aborted) return;
    logger.error({ error: String(error) }, 'could not start');
    complain(error);
    await stopAndExit(stopper, { voice, code: 1 });
  }
}

const voice = createVoice(standardOutput());
try {
  await run(await readConfig(process.argv.slice(2)), voice);
} catch (error) {
  complain(error);
  process.exit(1);
}
