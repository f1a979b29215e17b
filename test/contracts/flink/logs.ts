// The part of the Flink contract about logs: which files there are, and pieces of them.
import { describe, expect, it, vi } from 'vitest';
import { type Hands, valueOf } from './hands.ts';

export function describeLogs(hands: () => Hands): void {
  describe('logs', () => {
    it('are listed by process, and read from any place', async () => {
      const { rest } = hands();
      const files = await vi.waitFor(async () => {
        const found = valueOf(await rest.logs.list());
        expect(found.some(({ process, kind, size }) => process !== 'jobmanager' && kind === 'log' && size > 0)).toBe(true);
        return found;
      });
      const log = files.find(({ process, kind, size }) => process === 'jobmanager' && kind === 'log' && size > 200);
      if (log === undefined) throw new Error(JSON.stringify(files));
      expect(files.some(({ kind }) => kind === 'stdout')).toBe(true);
      const read = async (offset: number, length: number): Promise<string | undefined> =>
        valueOf(await rest.logs.read(log, { offset, length }))?.toString('latin1');
      const whole = (await read(0, 200)) ?? '';
      expect(whole).toHaveLength(200);
      expect(await read(50, 100)).toBe(whole.slice(50, 150));
    });

    it('that do not exist, or lie elsewhere, are not read', async () => {
      const { rest } = hands();
      for (const name of ['nothing.log', '../conf/config.yaml', '..'])
        expect(valueOf(await rest.logs.read({ process: 'jobmanager', name }, { offset: 0, length: 10 })), name).toBeUndefined();
    });
  });
}
