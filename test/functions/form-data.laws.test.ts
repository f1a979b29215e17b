// Over random forms: whatever a file holds and wherever the network cuts it, its bytes come out as they went in, or not at all.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readForm } from '../../functions/form-data.ts';

const BOUNDARY = '-x';
/** Bytes of which boundaries and line ends are made, so that false beginnings are everywhere. */
const content = fc
  .array(fc.constantFrom('\r', '\n', '-', 'x', '\r\n', '\r\n--', '\r\n---', 'abc', '\u00ff'), { maxLength: 60 })
  .map((pieces) => pieces.join(''))
  .filter((text) => !text.includes(`\r\n--${BOUNDARY}`) && !text.startsWith(`--${BOUNDARY}`));

function formOf(file: string, other: string): string {
  const part = (disposition: string, text: string): string => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${text}\r\n`;
  return `${part('name="before"', other)}${part('name="file"; filename="a.jar"', file)}${part('name="after"', other)}--${BOUNDARY}--`;
}

async function* cut(text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    yield await Promise.resolve(bytes.subarray(at, at + size));
    at += size;
  }
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const form = await readForm(chunks, BOUNDARY);
  const parts: Uint8Array[] = [];
  for await (const part of form.content) parts.push(part);
  return `${form.filename} ${Buffer.concat(parts).toString('latin1')}`;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

it('a file comes out as it went in, wherever it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(content, content, sizes, async (file, other, cuts) => {
      expect(await read(cut(formOf(file, other), cuts))).toBe(`a.jar ${file}`);
    }),
    { numRuns: 500 },
  );
});

it('a form that ends too early is never taken for a whole one', async () => {
  await fc.assert(
    fc.asyncProperty(content, sizes, fc.double({ min: 0, max: 0.999, noNaN: true }), async (file, cuts, share) => {
      const whole = formOf(file, 'y');
      await expect(read(cut(whole.slice(0, Math.floor(share * (whole.length - 1))), cuts))).rejects.toThrow('it was cut off');
    }),
    { numRuns: 500 },
  );
});
