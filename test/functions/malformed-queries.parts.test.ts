// Queries, headers and names in paths that mean nothing: 4xx that says which one and what would be right, and nothing is stored.
import { describe, expect, it } from 'vitest';
import { withFurnishedApi, type FurnishedApi } from './malformed/a-furnished-api.ts';
import { BAD_QUESTIONS } from './malformed/queries.ts';

let api: FurnishedApi;
withFurnishedApi((own) => (api = own));

const filledIn = (text: string): string => text.replaceAll('{N}', api.N).replaceAll('{ns}', api.ns).replaceAll('{id}', api.deploymentId);

describe('a question', () => {
  it.each(BAD_QUESTIONS)('$method $path with $headers is refused with $status', async ({ method, path, headers, body, status, message }) => {
    const init = body === undefined ? { method, headers } : { method, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
    const answer = await api.refused(() => api.request(filledIn(path), init as RequestInit));
    const said: string = answer.body.message ?? answer.body.description;
    expect([answer.status, said]).toEqual([status, message instanceof RegExp ? expect.stringMatching(message) : filledIn(message)]);
  });
});
