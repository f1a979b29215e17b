// chaos: stateful upgrades while the platform is killed with kill -9 again and again. Real Temporal, real PostgreSQL, simulated or real
// Flink. Counts what no crash may cause, by Flink's own word: savepoints lost, jobs doubled, invariant violations.
import { setTimeout as wait } from 'node:timers/promises';
import { startChild } from './chaos-child.ts';
import { createChaosClient, type ChaosClient } from './chaos-client.ts';
import { watchFlink, type Witness } from './chaos-flink.ts';
import { killAgainAndAgain, type Kill } from './chaos-killer.ts';
import { realPlace, simulatedPlace, startDeployments, type Setting } from './chaos-places.ts';
import { createMortalPlatform } from './chaos-platform.ts';
import type { AskedDeployment, Evidence, Sightings } from './chaos-records.ts';
import { runUpgrades, type Upgrades } from './chaos-upgrades.ts';
import { judge, type Verdict } from './chaos-verdict.ts';
import { toTable } from './percentiles.ts';

/** So many periods between kills the upgrades are spread over, however quick they are: room for three kills. */
const PERIODS = 4;
const SETTLE_LIMIT_MS = 60_000;
const POLL_MS = 200;

export interface ChaosOptions {
  readonly upgrades: number;
  readonly killEveryMs: number;
  readonly deployments: number;
  /** Flink processes of this machine instead of the simulation. */
  readonly real: boolean;
  readonly print: (line: string) => void;
}

interface Outcome {
  readonly upgrades: Upgrades;
  readonly kills: readonly Kill[];
  readonly sightings: Sightings;
  readonly verdict: Verdict;
}

/** True when every upgrade was done and nothing was lost, doubled or broken. */
export async function chaos(options: ChaosOptions): Promise<boolean> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error('interrupted'));
  const endings: (() => Promise<void>)[] = [];
  // Again and again: Ctrl-C reaches us from the terminal and from npm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  try {
    return report(options, await run(options, stop, endings));
  } finally {
    for (const end of endings.reverse()) await end().catch((error: unknown) => options.print(`could not be cleaned up: ${String(error)}`));
  }
}

async function run(options: ChaosOptions, stop: AbortController, endings: (() => Promise<void>)[]): Promise<Outcome> {
  const { print, real } = options;
  const { signal } = stop;
  const postgres = await startChild('test/setup/postgres-main.ts');
  endings.push(() => postgres.stop());
  print('PostgreSQL runs');
  const platform = await createMortalPlatform({ databaseUrl: postgres.said['url'] ?? '', localTargets: real });
  endings.push(() => platform.end());
  await platform.start();
  signal.throwIfAborted();
  print(`drey runs: ${platform.url}`);
  const client = createChaosClient(platform.url, signal);
  const setting: Setting = { client, platform, signal, own: (child) => void endings.push(() => child.stop()) };
  const place = await (real ? realPlace : simulatedPlace)(setting);
  print(`${real ? 'real' : 'simulated'} Flink runs`);
  const names = Array.from({ length: Math.min(options.deployments, options.upgrades) }, (_, i) => `chaos-${i + 1}`);
  await startDeployments(setting, place, names);
  print(`${names.length} Deployments RUNNING`);
  return await attack(options, { ...setting, witness: place.witness, names, stop });
}

interface Scene extends Setting {
  readonly witness: Witness;
  readonly names: readonly string[];
  readonly stop: AbortController;
}

async function attack(options: ChaosOptions, scene: Scene): Promise<Outcome> {
  const { client, names, witness, platform, signal, stop } = scene;
  const { print, killEveryMs: everyMs } = options;
  const [enough, allSeen] = [new AbortController(), new AbortController()];
  const watching = watchFlink(witness, AbortSignal.any([allSeen.signal, signal]));
  const upgrades = runUpgrades({ client, names, upgrades: options.upgrades, atLeastMs: PERIODS * everyMs, signal, print });
  const killing = killAgainAndAgain({ platform, upgrades, everyMs, signal: AbortSignal.any([enough.signal, signal]), print });
  killing.catch((error: unknown) => stop.abort(error)); // a platform that does not come back ends everything
  const asked = await upgrades.finished;
  enough.abort();
  const kills = await killing;
  await settle(client, names, signal);
  allSeen.abort();
  const sightings = await watching;
  return { upgrades, kills, sightings, verdict: judge(await evidenceOf(scene, asked, sightings)) };
}

/** Gives drey the time it may take after the last upgrade. What is not settled then is a violation. */
async function settle(client: ChaosClient, names: readonly string[], signal: AbortSignal): Promise<void> {
  const end = performance.now() + SETTLE_LIMIT_MS;
  const areSettled = async (): Promise<boolean> => (await Promise.all(names.map((name) => client.deployment(name)))).every(({ settled }) => settled);
  while (performance.now() < end && !(await areSettled())) await wait(POLL_MS, undefined, { signal });
}

async function evidenceOf({ client, names, witness }: Scene, asked: readonly AskedDeployment[], sightings: Sightings): Promise<Evidence> {
  const [deployments, jobs, savepoints, flinkJobs] = await Promise.all([
    Promise.all(names.map((name) => client.deployment(name))),
    client.jobs(),
    client.savepoints(),
    witness.history(),
  ]);
  return { asked, deployments, jobs, savepoints, flinkJobs, sightings };
}

function report({ print, upgrades: wanted }: ChaosOptions, { upgrades, kills, sightings, verdict }: Outcome): boolean {
  print(
    toTable([
      { name: 'upgrade, ms', values: upgrades.durations },
      ...(kills.length > 0 ? [{ name: 'kill -9 to ready, ms', values: kills.map(({ backAfterMs }) => backAfterMs) }] : []),
    ]),
  );
  print(`${kills.reduce((sum, { underWay }) => sum + underWay, 0)} upgrades were under way at a kill; Flink was looked at ${sightings.looks} times`);
  for (const [kind, lines] of Object.entries(verdict) as [keyof Verdict, readonly string[]][]) for (const line of lines) print(`${kind}: ${line}`);
  const { lost, doubled, violations } = verdict;
  const done = upgrades.done();
  print(`${done} upgrades, ${kills.length} kills: ${lost.length} savepoints lost, ${doubled.length} jobs doubled, ${violations.length} invariant violations`);
  if (kills.length === 0) print('without a kill this run proves nothing: give each Deployment at least two upgrades');
  return done === wanted && kills.length > 0 && lost.length + doubled.length + violations.length === 0;
}
