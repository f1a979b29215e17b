// Turns rows into tests: one for each row, mode and world, named after the row's id. Rows of a file share a platform for each policy and are
// played side by side.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../../domain/view.ts';
import { brokenLaws } from './laws.ts';
import { modesOf, type Row } from './row.ts';
import type { Actor, Mode, Stage, World } from './stage.ts';
import { openVenue, type Venue } from './venue.ts';

/** For a machine with much else to do. */
const LIMIT_MS = { simulated: 240_000, real: 400_000 };

export function playRows(world: World, rows: readonly Row[]): void {
  const venues = new Map<string, Promise<Venue>>();
  const venueFor = (policy: Partial<Policy> = {}): Promise<Venue> => {
    const key = JSON.stringify(policy);
    const venue = venues.get(key) ?? openVenue(world, policy);
    venues.set(key, venue);
    return venue;
  };
  const isReal = world !== 'simulated';
  // Real Flinks are played one after another in a file: two JVMs fill two cores.
  const suite = isReal ? describe : describe.concurrent;
  suite(`on ${world}`, () => {
    afterAll(async () => {
      for (const venue of venues.values()) await (await venue).close();
    }, 120_000);
    for (const row of rows.filter(({ on }) => on.includes(world))) {
      for (const mode of modesOf(row, world)) {
        it(nameOf(row, mode), () => play(venueFor(row.policy), row, mode), row.limitMs ?? LIMIT_MS[isReal ? 'real' : 'simulated']);
      }
    }
  });
}

/** The row's id comes first. */
function nameOf({ id, title, modes = [] }: Row, mode: Mode): string {
  return `${id} ${title}${modes.length > 1 || mode === 'session' ? ` (${mode} mode)` : ''}`;
}

async function play(opening: Promise<Venue>, row: Row, mode: Mode): Promise<void> {
  const venue = await opening;
  const { stage, actors } = venue.stage(row.id, mode);
  const watch = watchFor(actors, stage);
  try {
    await row.play(stage);
    const seen = await watch.end();
    const broken = row.breaks?.includes('oneJob') === true ? [] : [...seen];
    for (const actor of actors) if (await exists(actor)) broken.push(...(await brokenLaws(actor, row)));
    expect(broken, 'broken laws').toEqual([]);
  } catch (error) {
    const stories = await Promise.all(actors.map((actor) => actor.story().catch((lost: unknown) => `${actor.name}: ${String(lost)}`)));
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${stories.join('\n\n')}`, { cause: error });
  } finally {
    await watch.end();
    for (const actor of actors) await dismiss(actor, stage);
  }
}

const WATCH_MS = 300;
/** More of them are looked at less often. */
const FEW = 4;

/** Two Flink jobs of one Deployment at any moment of the row; simulated only, where looking costs nothing. */
function watchFor(actors: readonly Actor[], { kind }: Stage): { end(): Promise<readonly string[]> } {
  const seen = new Set<string>();
  let isOver = kind === 'real';
  const watching = (async () => {
    while (!isOver) {
      for (const { name, flink } of actors) {
        const live = await flink.liveFlinkJobs();
        if (live.length > 1) seen.add(`${name}: oneJob: ${live.length} Flink jobs at once: ${live.join(', ')}`);
      }
      await wait(WATCH_MS * Math.max(1, actors.length / FEW));
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await watching;
      return [...seen];
    },
  };
}

async function exists(actor: Actor): Promise<boolean> {
  return (await actor.ask('GET')).status !== 404;
}

/** Leaves the stage to others: nothing of it goes on running. Simulated ones take up no room, so nobody waits for them. */
async function dismiss(actor: Actor, { kind }: Stage): Promise<void> {
  await actor.flink.speak().catch(() => undefined);
  const { status } = await actor.ask('PATCH', '', { spec: { state: 'CANCELLED' } });
  if (kind === 'simulated' || status === 404) return;
  await actor.state('CANCELLED');
  await actor.ask('DELETE');
}
