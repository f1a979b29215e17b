// Long texts of Flink pass the mask piece by piece, wherever the pieces end.
import { expect, it } from 'vitest';
import { createMask } from '../../domain/mask.ts';
import { maskedStream } from '../../functions/mask-for.ts';

it.each([1, 2, 3, 5, 7, 8, 9, 64])('are hidden in a stream of chunks of %i bytes', async (size) => {
  const bytes = new TextEncoder().encode('ä canary-1canary-1 canary-2 canary-12 cana');
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
  const stream = maskedStream(ReadableStream.from(chunks) as ReadableStream<Uint8Array>, createMask(['canary-1', 'canary-12']));
  expect(await new Response(stream).text()).toBe('ä ************ canary-2 ****** cana');
});

it('passes the very same stream where there is nothing to hide', () => {
  const stream = new Response('text').body;
  expect(maskedStream(stream, createMask([]))).toBe(stream);
  expect(maskedStream(null, createMask(['canary-1']))).toBeNull();
});
