// How a worker stops.
import { describe, expect, it } from 'vitest';
import { shutdownTimes } from '../../app/worker.ts';

describe('the stop of a worker', () => {
  it('leaves activities alone that do not listen, two seconds after they were told', () => {
    expect(shutdownTimes(6000)).toEqual({ shutdownGraceTime: 6000, shutdownForceTime: 8000 });
  });
});
