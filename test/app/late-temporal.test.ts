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
    await Promise.all([temporal.close(), first.connection.close()]);
  });

  it('is opened anew by the next who asks when the settings could not be read', async () => {
    const answers = [Promise.reject(new Error('no settings')), Promise.resolve(settings('second'))];
    const temporal = lateTemporal(settings('first'), () => answers.shift() ?? Promise.reject(new Error('asked too often')));
    await temporal.get();
    await temporal.close();
    await expect(temporal.get()).rejects.toThrow('no settings');
    expect(keyOf(await temporal.get())).toBe('second');
    await temporal.close();
  });

  it('is closed with what holds it, and was never opened where nobody asked', async () => {
    const temporal = lateTemporal(settings('first'));
    await temporal.close();
    const { connection } = await temporal.get();
    await temporal.close();
    await expect(connection.workflowService.getSystemInfo({})).rejects.toThrow(/shut down|closed/i);
  });
});
