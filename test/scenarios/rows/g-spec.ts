// Group G: what a spec may hold, and what happens when it is refused at once, refused later, or very large.
import { expect } from 'vitest';
import { BOTH_MODES, ONE_REAL, row, type Row, SIMULATED } from '../stage/row.ts';
import type { Answer, Stage, Wish } from '../stage/stage.ts';

/** What is wrong, and the field that the answer must name. */
const INVALID: readonly (readonly [string, unknown])[] = [
  ...[0, -1, 'many', 1.5, 1e12, 2_000_000_000].map((parallelism) => ['spec.template.spec.parallelism', parallelism] as const),
  ...[0, -1, 'many', 1e12, 2_000_000_000].map((count) => ['spec.template.spec.numberOfTaskManagers', count] as const),
  ...[0, -1, 'many', 1e12].map((cpu) => ['spec.template.spec.resources.taskmanager.cpu', cpu] as const),
  ...['0', '-1g', 'many', '1x', '0g', '999999999999999g'].map((memory) => ['spec.template.spec.resources.jobmanager.memory', memory] as const),
  ...[0, -1, 'many', 1e12].map((limit) => ['spec.maxJobCreationAttempts', limit] as const),
  ...[0, -1, 'many', 1e12].map((limit) => ['spec.maxSavepointCreationAttempts', limit] as const),
  ...['many', '-1h', '5 fortnights'].map((time) => ['spec.jobFailureExpirationTime', time] as const),
];

/** `a.b.c` and 1 → `{a: {b: {c: 1}}}`. */
function nested(path: string, value: unknown): unknown {
  return path.split('.').reduceRight((inner, key) => ({ [key]: inner }), value);
}

const messageOf = ({ body }: Answer): string => (body as { readonly message: string }).message;

const refusedAtOnce: readonly Row[] = [
  row({
    id: 'G1',
    title: 'an invalid edit is 400 with its field while the job fails: the spec is as it was, and J2 runs it',
    on: ONE_REAL,
    modes: BOTH_MODES,
    realModes: ['session'],
    play: async (stage) => {
      const deployment = await stage.running('edited');
      await deployment.flink.takeCheckpoint();
      const before = (await deployment.get()).spec;
      const edit = { spec: { template: { spec: { parallelism: -1, artifact: { mainArgs: '--version 9' } } } } };
      const [answer] = await Promise.all([deployment.ask('PATCH', '', edit), deployment.flink.failJob()]);
      expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining('spec.template.spec.parallelism')]);
      const second = await deployment.runs(2);
      expect((await deployment.get()).spec).toEqual(before);
      expect(second.spec.artifact).toEqual((await deployment.job(1)).spec.artifact);
      expect(second.spec.savepointLocation).toMatch(/\/chk-\d+$/);
    },
  }),
  row({
    id: 'G5',
    title: 'numbers that are zero, negative, none, or absurdly large are 400 with their field, and change nothing',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.deploy('numbers', { spec: { state: 'CANCELLED' } });
      const before = (await deployment.get()).spec;
      for (const [path, value] of INVALID) {
        const answer = await deployment.ask('PATCH', '', nested(path, value));
        expect([path, value, answer.status, messageOf(answer)]).toEqual([path, value, 400, expect.stringContaining(path)]);
      }
      expect((await deployment.get()).spec).toEqual(before);
    },
  }),
];

/** Flink itself refuses it, whatever the schema says. */
const refusedLater = (what: string, wish: Pick<Wish, 'template' | 'configuration'>, cause: RegExp): Row =>
  row({
    id: 'G2',
    title: `${what}: its Jobs are FAILED with Flink's cause, then it is; another Deployment beside it runs on`,
    on: ['real 1.20.0'],
    modes: ['session'],
    play: async (stage) => {
      const neighbour = await stage.running('neighbour');
      const deployment = await stage.deploy('refused', { ...wish, spec: { maxJobCreationAttempts: 2 } });
      await deployment.state('FAILED');
      const failures = (await deployment.jobs()).map(({ status }) => [status.state, status.failure?.message]);
      expect(failures).toEqual([
        ['FAILED', expect.stringMatching(cause)],
        ['FAILED', expect.stringMatching(cause)],
      ]);
      expect((await deployment.events()).filter((name) => name === 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS')).toHaveLength(1);
      await neighbour.runs(1);
      expect(await neighbour.jobs()).toHaveLength(1);
    },
  });

const laterOnes: readonly Row[] = [
  refusedLater(
    'a parallelism above the maximum of its configuration',
    { template: { parallelism: 2 }, configuration: { 'pipeline.max-parallelism': '1' } },
    /parallelism/i,
  ),
  row({
    id: 'G2',
    title: "a checkpoint interval that Flink cannot read: its Jobs are FAILED with Flink's cause, then it is; another Deployment beside it runs on",
    on: SIMULATED,
    modes: ['session'],
    play: async (stage) => {
      const name = await stage.sessionCluster('both');
      const neighbour = await stage.running('neighbour', { spec: { sessionClusterName: name } });
      const deployment = await stage.deploy('refused', {
        spec: { sessionClusterName: name, maxJobCreationAttempts: 2 },
        configuration: { 'execution.checkpointing.interval': 'soon' },
      });
      await deployment.state('FAILED');
      const jobs = await deployment.jobs();
      expect(jobs.map(({ status }) => status.state)).toEqual(['FAILED', 'FAILED']);
      for (const { status } of jobs) expect(status.failure?.message).toContain('soon');
      expect((await deployment.events()).filter((event) => event === 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS')).toHaveLength(1);
      await neighbour.runs(1);
      expect(await neighbour.jobs()).toHaveLength(1);
      await deployment.patch({ template: { spec: { flinkConfiguration: { 'execution.checkpointing.interval': '1s' } } } });
      await deployment.state('RUNNING');
    },
  }),
];

const ARGUMENT_LIMIT = 500_000;
const ENTRY_LIMIT = 5000;

function manyEntries(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`my.setting-${i}`, `value ${i}`]));
}

/** Of the newest Job, as Flink's REST and the API show it. */
async function largeOne(stage: Stage, mainArgs: string): Promise<void> {
  const deployment = await stage.running('large', { configuration: manyEntries(1000), artifact: { mainArgs } });
  const [first] = await deployment.jobs();
  expect(first?.spec.artifact).toMatchObject({ mainArgs });
  expect(first?.spec.flinkConfiguration).toMatchObject({ 'my.setting-999': 'value 999' });
  await deployment.patch({ template: { spec: { flinkConfiguration: { 'my.setting-0': 'changed' } } } });
  const second = await deployment.runs(2);
  expect(second.spec.savepointLocation).toBe((await deployment.savepoints({ origin: 'SUSPEND' }))[0]?.spec.savepointLocation);
}

const sizes: readonly Row[] = [
  row({
    id: 'G10',
    title: 'a thousand configuration entries and 200 KB of arguments run, and are upgraded',
    on: SIMULATED,
    modes: ['session'],
    play: (stage) =>
      largeOne(
        stage,
        Array.from({ length: 20_000 }, (_, i) => `--arg${i % 10} x`)
          .join(' ')
          .slice(0, 200_000),
      ),
  }),
  row({
    id: 'G10',
    title: 'more entries or arguments than the published limits are 400 with their field, never a late failure',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.deploy('larger', { spec: { state: 'CANCELLED' } });
      const edits = [
        ['spec.template.spec.artifact.mainArgs', 'x'.repeat(ARGUMENT_LIMIT + 1)],
        ['spec.template.spec.flinkConfiguration', manyEntries(ENTRY_LIMIT + 1)],
      ] as const;
      for (const [path, value] of edits) {
        const answer = await deployment.ask('PATCH', '', nested(path, value));
        expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining(path)]);
      }
      // Nor by little and little.
      await deployment.patch({ template: { spec: { flinkConfiguration: manyEntries(ENTRY_LIMIT - 1) } } });
      const more = await deployment.ask('PATCH', '', nested('spec.template.spec.flinkConfiguration', { one: '1', two: '2', three: '3' }));
      expect([more.status, messageOf(more)]).toEqual([400, expect.stringContaining('spec.template.spec.flinkConfiguration')]);
    },
  }),
];

export const G_SPEC: readonly Row[] = [...refusedAtOnce, ...laterOnes, ...sizes];
