// A start that is tried again until it works, or until it is told to stop.
import { describe, expect, it } from 'vitest';
import { type Patience, patiently } from '../../../app/container/patiently.ts';

function aPatience(reasons: string[], over: Partial<Patience> = {}): Patience {
  const explain = (error: unknown): string => (error as Error).message;
  return { signal: new AbortController().signal, explain, onReason: (reason) => reasons.push(reason), firstMs: 1, mostMs: 2, ...over };
}

describe('what is tried patiently', () => {
  it('returns what works at last, and tells each reason once until it changes', async () => {
    const failures = ['refused', 'refused', 'no namespace', 'refused'];
    const reasons: string[] = [];
    const attempt = async (): Promise<string> => {
      const failure = failures.shift();
      if (failure !== undefined) throw new Error(failure);
      return 'connected';
    };
    expect(await patiently(attempt, aPatience(reasons))).toBe('connected');
    expect(reasons).toEqual(['refused', 'no namespace', 'refused']);
  });

  it('ends at once with its signal, in an attempt, between two, and before the first', async () => {
    const [reasons, during, between] = [[] as string[], new AbortController(), new AbortController()];
    const hanging = patiently(() => new Promise<never>(() => undefined), aPatience(reasons, { signal: during.signal }));
    during.abort();
    expect(await hanging).toBeUndefined();
    const onReason = (): void => between.abort();
    const refused = async (): Promise<never> => Promise.reject(new Error('refused'));
    expect(await patiently(refused, aPatience(reasons, { signal: between.signal, onReason, firstMs: 600_000 }))).toBeUndefined();
    expect(await patiently(refused, aPatience(reasons, { signal: AbortSignal.abort() }))).toBeUndefined();
    expect(reasons).toEqual([]);
  });
});
