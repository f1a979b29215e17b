// lambda: how large the built API function is, how soon a new container answers, how fast a warm one is, and what it holds.
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

/** Medians of the times. */
const AIMS = { bundle: 2 ** 20, cold: 800, warm: 10, resident: 180 };

/** True when every aim was reached. */
export async function lambda({ coldStarts, requests, print }: LambdaOptions): Promise<boolean> {
  const child = await startChild('test/lambda/measure-main.ts', [String(coldStarts), String(requests)]);
  const { bundle, cold, warm, resident } = child.said as unknown as Measured;
  await child.stop();
  print(`API bundle: ${(bundle / 1024).toFixed(0)} KiB gzipped; resident after ${requests} requests: ${resident.toFixed(0)} MB`);
  print(
    toTable([
      { name: 'cold: start to answer, ms', values: cold },
      { name: 'warm GET, ms', values: warm },
    ]),
  );
  const seen = { bundle, cold: percentile(cold, 0.5), warm: percentile(warm, 0.5), resident };
  const missed = (Object.keys(AIMS) as (keyof typeof AIMS)[]).filter((name) => seen[name] > AIMS[name]);
  print(missed.length === 0 ? 'every aim reached' : `aims missed: ${missed.join(', ')}`);
  return missed.length === 0;
}
