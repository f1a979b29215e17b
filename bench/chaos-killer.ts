// Kills the platform with kill -9 again and again, each time in the middle of some upgrade, and starts it at once. It is left in peace for
// the whole period once it is ready, so that a slow machine makes the run longer and not endless.
import { setTimeout as wait } from 'node:timers/promises';
import type { MortalPlatform } from './chaos-platform.ts';
import { seconds, type Upgrades } from './chaos-upgrades.ts';

/** A kill that is due waits for an upgrade, and strikes somewhere in so much of it. */
const STRIKE_WITHIN_MS = 1000;
const LOOK_MS = 10;

export interface KillOrder {
  readonly platform: Pick<MortalPlatform, 'kill' | 'start'>;
  readonly upgrades: Upgrades;
  readonly everyMs: number;
  /** No more kills after it. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

export interface Kill {
  readonly underWay: number;
  readonly backAfterMs: number;
}

/** Returns when the signal came and the platform is up. */
export async function killAgainAndAgain(order: KillOrder): Promise<readonly Kill[]> {
  const kills: Kill[] = [];
  const started = performance.now();
  while (await momentToStrike(order)) {
    const [at, underWay] = [performance.now(), order.upgrades.underWay()];
    await order.platform.kill();
    await order.platform.start();
    kills.push({ underWay, backAfterMs: performance.now() - at });
    const back = seconds(performance.now() - at);
    order.print(
      `kill ${kills.length} after ${seconds(at - started)}: ${underWay} upgrades under way, ${order.upgrades.done()} done; ready again after ${back}`,
    );
  }
  return kills;
}

/** False when there is nothing left to kill for. */
async function momentToStrike({ signal, upgrades, everyMs }: KillOrder): Promise<boolean> {
  try {
    await wait(everyMs, undefined, { signal });
    while (upgrades.underWay() === 0) await wait(LOOK_MS, undefined, { signal });
    await wait(Math.random() * STRIKE_WITHIN_MS, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
