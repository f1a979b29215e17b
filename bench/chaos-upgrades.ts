// The work that goes on while the platform is killed: stateful upgrades, each Deployment one after the other, all Deployments at once.
import { setTimeout as wait } from 'node:timers/promises';
import type { ChaosClient } from './chaos-client.ts';
import type { AskedDeployment } from './chaos-records.ts';

const POLL_MS = 50;
/** An upgrade that takes longer is not late, it is stuck. */
const STUCK_MS = 300_000;

export interface UpgradeOrder {
  readonly client: ChaosClient;
  readonly names: readonly string[];
  /** In all. */
  readonly upgrades: number;
  /** The upgrades are spread over at least so long. */
  readonly atLeastMs: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

export interface Upgrades {
  /** How many are under way right now. */
  underWay(): number;
  done(): number;
  /** Milliseconds of each upgrade that is done. */
  readonly durations: readonly number[];
  /** Returns when all are done or stuck. */
  readonly finished: Promise<readonly AskedDeployment[]>;
}

/** Valid for TopSpeedWindowing, and different for each version. */
export function argsOf(version: number): string {
  return `--windowSize ${10 + version}`;
}

export function runUpgrades(order: UpgradeOrder): Upgrades {
  const durations: number[] = [];
  let underWay = 0;
  const started = performance.now();
  const upgradeOne = async (name: string, version: number): Promise<void> => {
    const before = performance.now();
    underWay += 1;
    try {
      await upgrade(order, name, version);
      durations.push(performance.now() - before);
      if (durations.length % 20 === 0) order.print(`${durations.length} of ${order.upgrades} upgrades after ${seconds(performance.now() - started)}`);
    } finally {
      underWay -= 1;
    }
  };
  const runDeployment = async (name: string, share: number): Promise<AskedDeployment> => {
    const args = [argsOf(0)];
    for (let version = 1; version <= share; version += 1) {
      const due = started + (order.atLeastMs * (version - 1)) / Math.max(1, share - 1);
      if (due > performance.now()) await wait(due - performance.now(), undefined, { signal: order.signal });
      args.push(argsOf(version));
      try {
        await upgradeOne(name, version);
      } catch (error) {
        order.signal.throwIfAborted();
        return { name, args, stuck: error instanceof Error ? error.message : String(error) };
      }
    }
    return { name, args };
  };
  const { names, upgrades } = order;
  const share = (i: number): number => Math.floor(upgrades / names.length) + (i < upgrades % names.length ? 1 : 0);
  return {
    underWay: () => underWay,
    done: () => durations.length,
    durations,
    finished: Promise.all(names.map((name, i) => runDeployment(name, share(i)))),
  };
}

/** PATCH of the arguments → RUNNING with another Job that has them. */
async function upgrade({ client, signal }: UpgradeOrder, name: string, version: number): Promise<void> {
  const end = performance.now() + STUCK_MS;
  const { jobId: before } = await client.deployment(name);
  await client.setArgs(name, argsOf(version));
  for (;;) {
    const { state, jobId, because } = await client.deployment(name);
    if (state === 'RUNNING' && jobId !== undefined && jobId !== before && (await client.argsOf(jobId)) === argsOf(version)) return;
    if (state === 'FAILED' || performance.now() > end) throw new Error(`version ${version} is ${state}: ${because}`);
    await wait(POLL_MS, undefined, { signal });
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
