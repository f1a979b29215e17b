// lambda: how large the built functions are, how soon a new container of the API answers, how fast a warm one is, what it holds, and how long a reconcile
// of a thousand quiet Deployments takes when a function does it.
import { startChild } from './chaos-child.ts';
import { percentile, toTable } from './percentiles.ts';

export interface LambdaOptions {
  readonly coldStarts: number;
  readonly requests: number;
  readonly print: (line: string) => void;
}

interface Measured {
  /** Bytes, gzipped. */
  readonly bundle: number;
  /** Milliseconds from the start of a process to its first answer. */
  readonly cold: readonly number[];
  /** Milliseconds of a GET. */
  readonly warm: readonly number[];
  /** MB. */
  readonly resident: number;
}

interface Reconciled {
  /** Bytes of the worker's bundle, zipped. */
  readonly zipped: number;
  readonly sweeps: readonly { readonly ms: number; readonly actions: number; readonly jobs: number; readonly woken: number }[];
}

/** Medians of the times. */
const AIMS = { bundle: 1e6, cold: 800, warm: 10, resident: 180, worker: 50 * 2 ** 20, reconcile: 2000, actions: 5 };
const QUIET = 1000;

/** True when every aim was reached. */
export async function lambda({ coldStarts, requests, print }: LambdaOptions): Promise<boolean> {
  const { bundle, cold, warm, resident } = await measured<Measured>('test/lambda/measure-main.ts', [coldStarts, requests]);
  print(`API bundle: ${(bundle / 1000).toFixed(0)} kB gzipped; resident after ${requests} requests: ${resident.toFixed(0)} MB`);
  const { zipped, sweeps } = await measured<Reconciled>('test/lambda/measure-reconcile-main.ts', [QUIET]);
  const [times, actions] = [sweeps.map(({ ms }) => ms), Math.max(...sweeps.map((sweep) => sweep.actions))];
  print(`worker bundle: ${(zipped / 2 ** 20).toFixed(1)} MiB zipped; a reconcile of ${sweeps[0]?.jobs} running jobs: ${actions} Temporal actions`);
  print(
    toTable([
      { name: 'cold: start to answer, ms', values: cold },
      { name: 'warm GET, ms', values: warm },
      { name: `reconcile of ${QUIET}, ms`, values: times },
    ]),
  );
  const seen = { bundle, cold: percentile(cold, 0.5), warm: percentile(warm, 0.5), resident, worker: zipped, reconcile: percentile(times, 0.5), actions };
  const missed = (Object.keys(AIMS) as (keyof typeof AIMS)[]).filter((name) => seen[name] > AIMS[name]);
  print(missed.length === 0 ? 'every aim reached' : `aims missed: ${missed.join(', ')}`);
  return missed.length === 0;
}

async function measured<T>(script: string, args: readonly number[]): Promise<T> {
  const child = await startChild(script, args.map(String));
  await child.stop();
  return child.said as unknown as T;
}
