// `npm run release`: prepares the Temporal server for a new build of the workers, brings the build into use, and ends the runs that the old one left.
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { faultOfTemporal } from './ask-temporal.ts';
import { buildIdOfSources } from './bundle.ts';
import { ENVIRONMENT, readConfig } from './config.ts';
import { ramp } from './ramp.ts';
import { readReferredSettings } from './referred-settings.ts';
import { prepareServer } from './release.ts';
import { StartProblem } from './start-problem.ts';
import { endStrandedRuns } from './stranded-runs.ts';
import { CODE, grpcCodeOf, toTemporalProblem } from './temporal-problem.ts';

const HELP = `npm run release -- [--build <id>] [--ramp <percents>] [--hold <seconds>]
  --build   the build to bring into use; without it, the one of these sources
  --ramp    percent of the new runs that it gets before it gets all: 10,50
  --hold    seconds that each of these is watched: 30`;
const PATIENCE_MS = 120_000;
/** What a server that answered before says when it is gone, or when the key may do less than this. */
const LOST: ReadonlySet<number | undefined> = new Set([CODE.unavailable, CODE.deadlineExceeded, CODE.unauthenticated, CODE.permissionDenied]);

interface Wish {
  readonly buildId: string;
  readonly steps: readonly number[];
  readonly holdMs: number;
}

async function readWish(args: readonly string[]): Promise<Wish> {
  const options = { build: { type: 'string' }, ramp: { type: 'string', default: '10,50' }, hold: { type: 'string', default: '30' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const steps = values.ramp === '' ? [] : values.ramp.split(',').map(Number);
  if (steps.some((step) => !(step > 0 && step < 100))) throw new StartProblem('--ramp must be percents between 0 and 100, separated by ",": 10,50');
  const hold = Number(values.hold);
  if (!(hold >= 0 && hold <= 3600)) throw new StartProblem('--hold must be seconds, 3600 at most: 30');
  return { buildId: values.build ?? (await buildIdOfSources()), steps, holdMs: hold * 1000 };
}

async function run(wish: Wish): Promise<void> {
  const { temporal } = await readConfig([], await readReferredSettings(ENVIRONMENT));
  if (temporal.kind === 'embedded')
    throw new StartProblem('TEMPORAL_ADDRESS is missing: name the server whose workers are released. `npm start` releases itself.');
  const { namespace } = temporal;
  const fault = await faultOfTemporal(temporal);
  if (fault !== undefined) throw fault;
  const connection = await Connection.connect({ ...temporal.connection, connectTimeout: '10s' });
  try {
    const client = new Client({ connection, namespace });
    const say = (line: string): void => console.log(line);
    await prepareServer({ client, connection, namespace, hash: wish.buildId });
    await ramp({ client, connection, namespace, ...wish, patienceMs: PATIENCE_MS, say });
    const ended = await endStrandedRuns({ client, connection, namespace }, { olderThanMs: 0, because: `no worker has its build; replaced by ${wish.buildId}` });
    say(`${ended} stranded runs ended`);
  } catch (error) {
    throw LOST.has(grpcCodeOf(error)) ? toTemporalProblem(error, { address: temporal.connection.address, namespace }) : error;
  } finally {
    await connection.close();
  }
}

const args = process.argv.slice(2);
if (args.includes('--help')) console.log(HELP);
else {
  try {
    await run(await readWish(args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
