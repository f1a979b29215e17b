// Group A, A26: a thousand edits at random moments, of several Deployments side by side. Seeded: the names of the Deployments, which every
// complaint tells, hold the seed, and DREY_EDITS=<seed> makes the same edits again.
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { DeploymentDocument } from '../../../domain/deployment.schema.ts';
import { createRandom, type Random } from '../../fixtures/sandbox/random.ts';
import { type Row, row, SIMULATED } from '../stage/row.ts';
import type { Actor, Stage } from '../stage/stage.ts';

const { DREY_EDITS = String(Date.now() % 2 ** 32) } = process.env;
const DEPLOYMENTS = 5;
/** Of each Deployment, in each of the two rows. */
const EDITS = 100;
const LASTS_MS = 45_000;
const SETTLES_MS = 60_000;

type Edit = (deployment: Actor) => Promise<unknown>;
type Choice = (random: Random) => Edit;

const STATE: Choice = (random) => {
  const state = random.pick({ RUNNING: 4, SUSPENDED: 2, CANCELLED: 2 });
  return (deployment) => deployment.want(state);
};
const UPGRADE_STRATEGY: Choice = (random) => {
  const kind = random.pick({ STATEFUL: 3, STATELESS: 3, NONE: 1 });
  return (deployment) => deployment.patch({ upgradeStrategy: { kind } });
};
const RESTORE_STRATEGY: Choice = (random) => {
  const kind = random.pick({ LATEST_STATE: 3, LATEST_SAVEPOINT: 3, NONE: 1 });
  return (deployment) => deployment.patch({ restoreStrategy: { kind } });
};
const TEMPLATE: Choice = () => (deployment) => deployment.upgrade();

async function edits(deployment: Actor, random: Random, choices: readonly Choice[]): Promise<void> {
  for (let made = 0; made < EDITS; made += 1) {
    await wait(random.between(0, (2 * LASTS_MS) / EDITS));
    const choice = choices[Math.floor(random.next() * choices.length)];
    await choice?.(random)(deployment);
  }
}

/** What is seen is what is wanted, or the condition says why it is not. */
function fits({ spec, status }: DeploymentDocument): boolean {
  const { status: holds, reason } = status.conditions.find(({ type }) => type === 'UpToDate') ?? {};
  // No savepoint was ever taken, and a checkpoint that this strategy may not use is not passed over.
  const refuses = spec.restoreStrategy?.kind === 'LATEST_SAVEPOINT' && ['MANUAL_RESTORE_REQUIRED', 'NO_RESTORE_SOURCE'].includes(reason ?? '');
  if (spec.state === 'RUNNING' && status.state === 'FAILED') return refuses;
  if (spec.state === 'RUNNING') return status.state === 'RUNNING' && (holds === 'True' || reason === 'UPGRADE_STRATEGY_NONE' || refuses);
  if (spec.state === 'SUSPENDED' && status.state === 'FAILED') return reason === 'COULD_NOT_FIND_A_JOB_TO_SUSPEND';
  return status.state === spec.state;
}

async function settles(deployment: Actor): Promise<void> {
  const since = performance.now();
  const { spec, status } = await deployment.until('to be what the last edit wants', fits);
  expect(performance.now() - since, 'settled, in milliseconds').toBeLessThan(SETTLES_MS);
  if (spec.state === 'RUNNING' && status.state === 'FAILED') {
    const usable = await deployment.savepoints({ state: 'COMPLETED' });
    expect(
      usable.filter(({ metadata }) => metadata.origin !== 'RETAINED_CHECKPOINT'),
      'what it could have started from',
    ).toEqual([]);
  }
  const jobs = await deployment.jobs();
  expect(jobs.length).toBeLessThanOrEqual(EDITS + 1);
  const versions = jobs.map(({ spec }) => Number(/--version (\d+)/.exec(JSON.stringify(spec.artifact))?.[1]));
  expect(versions, 'no Job of a version older than one already started').toEqual(versions.toSorted((a, b) => a - b));
}

async function play(stage: Stage, seed: number, choices: readonly Choice[]): Promise<void> {
  const numbers = Array.from({ length: DEPLOYMENTS }, (_, i) => i);
  const deployments = await Promise.all(
    numbers.map((i) => stage.running(`edits-${DREY_EDITS}-${i}`, { configuration: { 'execution.checkpointing.interval': '1s' } })),
  );
  await Promise.all(deployments.map((deployment, i) => edits(deployment, createRandom(seed + i), choices)));
  await Promise.all(deployments.map(settles));
}

interface Storm {
  readonly title: string;
  readonly seed: number;
  readonly choices: readonly Choice[];
  readonly breaks?: Row['breaks'];
}

const storm = ({ title, seed, choices, breaks = [] }: Storm): Row =>
  row({
    id: 'A26',
    title,
    on: SIMULATED,
    // All Jobs stay, to be counted.
    policy: { keepJobs: EDITS + 1 },
    breaks,
    limitMs: 480_000,
    play: (stage) => play(stage, seed, choices),
  });

const SEED = Number(DREY_EDITS);

export const A_RANDOM_EDITS = [
  storm({
    title: 'after 500 random edits of state, upgradeStrategy and template the laws hold, and the status fits the last one',
    seed: SEED,
    choices: [STATE, UPGRADE_STRATEGY, TEMPLATE],
  }),
  storm({
    title: 'after 500 random edits of these and of the restoreStrategy the laws hold, and the status fits the last one',
    seed: SEED + DEPLOYMENTS,
    choices: [STATE, UPGRADE_STRATEGY, RESTORE_STRATEGY, TEMPLATE],
    // Under NONE, and what came before under another strategy cannot be told from outside.
    breaks: ['neverEmpty'],
  }),
];
