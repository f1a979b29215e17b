// Everything that was started is stopped: in order, once, whatever fails, and however late it came.
import { describe, expect, it } from 'vitest';
import { createStopper } from '../../app/stopper.ts';

function aStopper() {
  const warnings: unknown[] = [];
  const stopped: string[] = [];
  const stopper = createStopper({ warn: (context: unknown) => void warnings.push(context) });
  const note = (name: string) => async () => void stopped.push(name);
  return { stopper, stopped, warnings, note };
}

describe('the stop', () => {
  it('goes from the outside in: requests, work, jobs, then what they stood on, the lock last', async () => {
    const { stopper, stopped, note } = aStopper();
    for (const part of ['lock', 'http', 'store', 'temporal', 'flink', 'worker', 'jobs'] as const) await stopper.add(part, note(part));
    await stopper.run();
    expect(stopped).toEqual(['http', 'worker', 'jobs', 'temporal', 'flink', 'store', 'lock']);
  });

  it('is not kept by a part that fails', async () => {
    const { stopper, stopped, warnings, note } = aStopper();
    await stopper.add('jobs', () => Promise.reject(new Error('no answer')));
    await stopper.add('lock', note('lock'));
    await stopper.run();
    expect(stopped).toEqual(['lock']);
    expect(warnings).toEqual([{ part: 'jobs', error: 'Error: no answer' }]);
  });

  it('stops each thing once, and at once what is started during the stop', async () => {
    const { stopper, stopped, note } = aStopper();
    await stopper.add('store', note('store'));
    await Promise.all([stopper.run(), stopper.run()]);
    await stopper.add('temporal', note('late'));
    expect(stopped).toEqual(['store', 'late']);
  });
});
