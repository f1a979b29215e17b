// Group A: the upgrade matrix, and where the next Job starts from.
import { expect } from 'vitest';
import { BOTH_MODES, EVERYWHERE, row } from '../stage/row.ts';

export const A_UPGRADES = [
  row({
    id: 'A1',
    title: 'is upgraded STATEFUL through one savepoint of the running job, and starts from it',
    on: EVERYWHERE,
    modes: BOTH_MODES,
    play: async (stage) => {
      const deployment = await stage.running();
      await deployment.upgrade();
      const second = await deployment.runs(2);
      const [savepoint, ...others] = await deployment.savepoints({ origin: 'SUSPEND' });
      expect(others).toEqual([]);
      expect(savepoint?.status.state).toBe('COMPLETED');
      expect(second.spec.savepointLocation).toBe(savepoint?.spec.savepointLocation);
      expect(await deployment.flink.restored(2)).toBe(savepoint?.spec.savepointLocation);
      expect(await deployment.jobs()).toHaveLength(2);
    },
  }),
];
