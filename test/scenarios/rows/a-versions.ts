// Group A: upgrades to another version of Flink. The simulated Flink refuses state by its operators, as a real one does.
import { expect } from 'vitest';
import type { JobDocument } from '../../../domain/job.schema.ts';
import { row, SIMULATED } from '../stage/row.ts';
import type { Actor } from '../stage/stage.ts';
import { foretold, foretoldWith, reasonsOf } from './a-foretold.ts';

const WARNING = 'CHECKPOINT_OF_OTHER_VERSION';
const STATELESS = { upgradeStrategy: { kind: 'STATELESS' } };
const TWO_OPERATORS = { operators: ['first', 'second'] };

const toVersion = (flinkVersion: string, artifact: object = {}): object => ({ template: { spec: { artifact: { flinkVersion, ...artifact } } } });

async function newestKept(deployment: Actor): Promise<string | undefined> {
  const kept = await deployment.savepoints({ origin: 'RETAINED_CHECKPOINT', state: 'COMPLETED' });
  const numberOf = (location = ''): number => Number(/chk-(\d+)$/.exec(location)?.[1] ?? -1);
  return kept.map(({ spec }) => spec.savepointLocation).toSorted((a, b) => numberOf(b) - numberOf(a))[0];
}

/** Four Jobs after the first, each refused by Flink and each from that location; the state stays. */
async function refusedFourTimes(deployment: Actor, location: string | undefined): Promise<void> {
  await deployment.state('FAILED');
  const refused = (await deployment.jobs()).slice(1);
  expect(refused.map(({ status }) => status.state)).toEqual(['FAILED', 'FAILED', 'FAILED', 'FAILED']);
  expect(location).toMatch(/\/chk-\d+$/);
  for (const { spec, status } of refused) {
    expect(spec.savepointLocation).toBe(location);
    expect(`${status.failure?.reason} ${status.failure?.message}`).toContain('Cannot map');
  }
  expect((await deployment.events()).filter((name) => name === 'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS')).toHaveLength(1);
  expect(await newestKept(deployment)).toBe(location);
}

async function warnedOf(deployment: Actor): Promise<void> {
  const creations = (await deployment.happenings()).filter(({ name }) => name === 'CREATING_A_NEW_JOB');
  expect(creations.at(-1)?.message).toContain(WARNING);
}

const versionOf = ({ spec: { artifact } }: JobDocument): unknown => (artifact as { readonly flinkVersion?: string }).flinkVersion;

export const A_VERSIONS = [
  row({
    id: 'A4',
    title: 'another Flink version, STATEFUL: J2 starts from a savepoint in the canonical format',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('migrated');
      expect(reasonsOf((await foretold(deployment, toVersion('2.3.0'))).warnings)).not.toContain(WARNING);
      await deployment.patch(toVersion('2.3.0'));
      const second = await deployment.runs(2);
      const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(others).toEqual([]);
      expect([second.spec.savepointLocation, versionOf(second)]).toEqual([savepoint?.spec.savepointLocation, '2.3.0']);
      const { store } = stage.platform.deps;
      const stored = await store.savepoints.ofDeployment(store.read, deployment.id as never);
      expect(stored.filter(({ origin }) => origin === 'SUSPEND').map(({ format }) => format)).toEqual(['CANONICAL']);
    },
  }),
  row({
    id: 'A4',
    title: 'another Flink version, STATELESS: J2 starts from the newest checkpoint, with a warning in the plan and in the event',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('warned', { spec: STATELESS });
      await deployment.flink.takeCheckpoint();
      await foretoldWith(deployment, toVersion('2.3.0'), ({ warnings }) => reasonsOf(warnings).includes(WARNING));
      await deployment.patch(toVersion('2.3.0'));
      const second = await deployment.runs(2);
      expect([second.spec.savepointLocation, versionOf(second)]).toEqual([await newestKept(deployment), '2.3.0']);
      await warnedOf(deployment);
      expect(await deployment.savepoints({ origin: 'SUSPEND' })).toEqual([]);
    },
  }),
  row({
    id: 'A4',
    title: 'another Flink version that refuses the checkpoint: four Jobs fail on it, and the state is kept',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('refused', { spec: { upgradeStrategy: { kind: 'NONE' } }, program: TWO_OPERATORS });
      await deployment.flink.takeCheckpoint();
      await deployment.upgrade({ operators: ['first'] });
      await deployment.patch({ ...STATELESS, ...toVersion('2.3.0') });
      await deployment.untilJobs('for the end of J1', ([first]) => first?.status.state === 'TERMINATED');
      await refusedFourTimes(deployment, await newestKept(deployment));
      await warnedOf(deployment);
    },
  }),
  row({
    id: 'A5',
    title: 'CANCELLED with a checkpoint of one Flink version, then started on another: J2 starts from it, with a warning',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('moved');
      await deployment.flink.takeCheckpoint();
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      const location = await newestKept(deployment);
      const wanted = { state: 'RUNNING', ...toVersion('2.3.0') };
      const plan = await foretold(deployment, wanted);
      expect([plan.restore?.location, reasonsOf(plan.warnings)]).toEqual([location, [WARNING]]);
      await deployment.patch(wanted);
      const second = await deployment.runs(2);
      expect([second.spec.savepointLocation, versionOf(second)]).toEqual([location, '2.3.0']);
      await warnedOf(deployment);
    },
  }),
  row({
    id: 'A5',
    title: 'a checkpoint that the other Flink version refuses: FAILED, and back on the old version RUNNING from the same one',
    on: SIMULATED,
    play: async (stage) => {
      const deployment = await stage.running('and-back', { program: TWO_OPERATORS });
      await deployment.flink.takeCheckpoint();
      await deployment.want('CANCELLED');
      await deployment.state('CANCELLED');
      const location = await newestKept(deployment);
      await deployment.upgrade({ operators: ['first'] });
      await deployment.patch({ state: 'RUNNING', ...toVersion('2.3.0') });
      await refusedFourTimes(deployment, location);
      const { mainArgs } = (await deployment.job(1)).spec.artifact as { readonly mainArgs?: string };
      await deployment.patch(toVersion(stage.flinkVersion, { mainArgs }));
      const sixth = await deployment.runs(6);
      expect([sixth.spec.savepointLocation, versionOf(sixth)]).toEqual([location, stage.flinkVersion]);
    },
  }),
];
