// What drey relies on at Flink's REST, as a suite: it runs on the simulated server and on real Flink, so that neither can drift from the
// other. It must not know which of the two it talks to.
import { afterAll, afterEach, beforeAll, describe, expect, vi } from 'vitest';
import { ENDED, type FlinkUnderTest, type Hands, until, valueOf } from './flink/hands.ts';
import { describeLogs } from './flink/logs.ts';
import { describeJars, describeRuns } from './flink/runs.ts';
import { describeCancels, describeCheckpoints, describeSavepoints, describeStops } from './flink/snapshots.ts';

export type { FlinkUnderTest } from './flink/hands.ts';

export function flinkContract(name: string, setup: () => Promise<FlinkUnderTest>): void {
  describe(`Flink's REST: ${name}`, { timeout: 90_000 }, () => {
    let hands: Hands;

    beforeAll(async () => {
      const cluster = await setup();
      await vi.waitFor(async () => expect(valueOf(await cluster.rest.slots()).available).toBeGreaterThan(1), { timeout: 60_000, interval: 100 });
      hands = { ...cluster, jarId: valueOf(await cluster.rest.uploadJar(cluster.jarPath, 'contract.jar')) };
    }, 120_000);
    afterAll(() => hands.stop());
    afterEach(async () => {
      const live = valueOf(await hands.rest.jobs()).filter(({ status }) => !ENDED.includes(status));
      for (const { id } of live) await hands.rest.cancel(id);
      for (const { id } of live) await until(hands, id, ({ status }) => ENDED.includes(status));
    });

    describeJars(() => hands);
    describeRuns(() => hands);
    describeSavepoints(() => hands);
    describeStops(() => hands);
    describeCancels(() => hands);
    describeCheckpoints(() => hands);
    describeLogs(() => hands);
  });
}
