// How often one token or user may ask: so many requests at once, and so many a second in the long run. Counted in this process.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Principal } from '../domain/access.ts';
import { nameOf } from '../domain/access.ts';
import { Problem } from './problem.ts';

export interface Rate {
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests at once. */
  readonly burst: number;
}

export type LimitRate = (principal: Principal) => Promise<void>;

/** Throws a Problem with `tooManyRequests` that says when to come again. */
export function createLimitRate(rate: Rate | undefined): LimitRate {
  if (rate === undefined) return () => Promise.resolve();
  const limiter = new RateLimiterMemory({ points: rate.burst, duration: rate.burst / rate.perSecond });
  return async (principal) => {
    if (principal.kind === 'everyone') return;
    try {
      await limiter.consume(nameOf(principal));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      throw new Problem('tooManyRequests', `more than ${rate.burst} requests at once or ${rate.perSecond} a second: come again in ${seconds} s`);
    }
  };
}
