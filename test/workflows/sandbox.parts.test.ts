import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSandbox, type Sandbox } from '../fixtures/sandbox/sdk-sandbox.ts';
import { runStorm } from '../fixtures/sandbox/storm.ts';

describe('smoke', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(inject('workflowBundle'));
  });
  afterAll(() => sandbox.close());
  it('storms', async () => {
    const t0 = performance.now();
    const N = Number(process.env.N ?? 20);
    const from = Number(process.env.FROM ?? 1);
    let turns = 0; const ends: Record<string, number> = {}; let bad = 0; const kinds: Record<string, number[]> = {};
    for (let i = from; i < from + N; i++) {
      const c = await runStorm(sandbox, i);
      turns += c.turns;
      for (const [k, v] of Object.entries(c.ends)) ends[k] = (ends[k] ?? 0) + v;
      if (c.wrong.length > 0) { bad++; for (const w of c.wrong) (kinds[w.slice(0, 150)] ??= []).push(i); if (bad <= Number(process.env.SHOW ?? 1)) console.log(`seed ${i}`, c.wrong, c.trace.slice(-Number(process.env.TAIL ?? 40)).join('\n')); }
    }
    console.log(N, 'storms', turns, 'turns', ends, bad, 'bad', kinds, Math.round(performance.now() - t0), 'ms');
    expect(bad).toBe(0);
  }, 300_000);
});
