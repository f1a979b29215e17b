// Temporal that is connected to late: given up where it is not reached, and opened with the settings of then.
import { describe, expect, it } from 'vitest';
import { lateTemporal, lateWake } from '../../app/late-temporal.ts';
import type { Fleet } from '../../app/stranded-runs.ts';

const settings = (apiKey: string) => ({
  temporal: { kind: 'external', namespace: 'drey', connection: { address: '127.0.0.1:1', apiKey, tls: false } } as const,
});

const keyOf = ({ connection }: Fleet): unknown => Reflect.get(connection.options, 'apiKey');

describe('a late Temporal', () => {
  it('that was not reached is opened with settings that are read anew, since its key may be another one', async () => {
    const keys = ['second', 'third'];
    const temporal = lateTemporal(settings('first'), async () => settings(keys.shift() ?? 'none'));
    const first = await temporal.get();
    expect([keyOf(first), await temporal.get()]).toEqual(['first', first]);
    expect(await lateWake(temporal).sweep()).toBe(false);
    expect(keyOf(await temporal.get())).toBe('second');
    temporal.close();
  });

  it('is opened anew by the next who asks when the settings could not be read', async () => {
    const answers = [Promise.reject(new Error('no settings')), Promise.resolve(settings('second'))];
    const temporal = lateTemporal(settings('first'), () => answers.shift() ?? Promise.reject(new Error('asked too often')));
    await temporal.get();
    temporal.close();
    await expect(temporal.get()).rejects.toThrow('no settings');
    expect(keyOf(await temporal.get())).toBe('second');
    temporal.close();
  });

  it('that is closed is given up by whoever asks next, and keeps its settings where nobody had asked', async () => {
    const temporal = lateTemporal(settings('first'), async () => settings('second'));
    temporal.close();
    expect(keyOf(await temporal.get())).toBe('first');
    temporal.close();
    expect(keyOf(await temporal.get())).toBe('second');
    temporal.close();
  });
});
