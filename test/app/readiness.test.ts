// /readyz: not ready until every part says so, with a reason for each that does not.
import { describe, expect, it } from 'vitest';
import { createReadiness } from '../../app/readiness.ts';

describe('readiness', () => {
  it('names every part that is not there yet', async () => {
    const board = createReadiness(['store', 'Flink']);
    expect(await board.look()).toEqual({ ready: false, reasons: ['store is starting', 'Flink is starting'] });
    board.up('store');
    board.up('Flink');
    expect(await board.look()).toEqual({ ready: true, reasons: [] });
  });

  it('asks each part anew, and takes an error for a reason', async () => {
    const board = createReadiness(['store', 'worker']);
    board.up('store', () => Promise.reject(new Error('connection refused')));
    board.up('worker', () => 'the worker ended');
    expect(await board.look()).toEqual({ ready: false, reasons: ['store: connection refused', 'the worker ended'] });
  });

  it('does not wait for a part that does not answer', async () => {
    const board = createReadiness(['store']);
    board.up('store', () => new Promise(() => undefined));
    expect(await board.look()).toEqual({ ready: false, reasons: ['store does not answer'] });
  });
});
