// No server needed: what a person is told, by what the client threw.
import { NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { StartProblem } from '../../app/start-problem.ts';
import { toTemporalProblem } from '../../app/temporal-problem.ts';

const target = { address: 'temporal.example:7233', namespace: 'flink' };
const answer = (code: number): Error => Object.assign(new Error(`${code} said`), { code });

describe('what keeps Temporal from being used', () => {
  it.each([
    ['a server that does not answer', new Error('Failed to connect before the deadline'), /cannot be reached .* TEMPORAL_ADDRESS/],
    ['a server that is away', answer(14), /cannot be reached .* TEMPORAL_ADDRESS/],
    ['a server that answers too late', answer(4), /cannot be reached .* TEMPORAL_ADDRESS/],
    ['a key that nobody knows', answer(16), /key .* TEMPORAL_API_KEY/],
    ['a key of another namespace', answer(7), /namespace flink .* TEMPORAL_API_KEY and TEMPORAL_NAMESPACE/],
    ['a namespace that is not there', answer(5), /no namespace flink .* TEMPORAL_NAMESPACE/],
    ['a namespace that is not there, in the words of the client', new NamespaceNotFoundError('flink'), /no namespace flink .* TEMPORAL_NAMESPACE/],
    ['another kind of server', answer(12), /TEMPORAL_ADDRESS/],
    ['a cause within an error', new ServiceError('Failed to connect', { cause: answer(16) }), /Failed to connect: 16 said.* TEMPORAL_API_KEY/],
  ])('is told for %s in one sentence', (_, error, sentence) => {
    const problem = toTemporalProblem(error, target);
    expect(problem).toBeInstanceOf(StartProblem);
    expect(problem.message).toMatch(/^Temporal at temporal\.example:7233 .*\.$/);
    expect(problem.message).toMatch(sentence);
  });

  it('is not told twice', () => {
    const told = new StartProblem('told');
    expect(toTemporalProblem(told, target)).toBe(told);
  });
});
