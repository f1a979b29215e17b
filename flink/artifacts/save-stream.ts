// Writes a stream to a file while counting and hashing it. Knows no source; never keeps more than one chunk.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Saved {
  readonly bytes: number;
  readonly sha256: string;
}

/** Who asked, and how much may come. */
export interface Watch {
  readonly signal: AbortSignal;
  /** Told now and then how many bytes have come in all. */
  readonly progress: (bytes: number) => void;
  readonly maxBytes: number;
}

/** More came than was allowed. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Throws TooLarge, or what the stream throws; the file is then of no use. */
export async function saveStream(source: Readable, path: string, { signal, progress, maxBytes }: Watch): Promise<Saved> {
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) return done(new TooLarge(`more than ${maxBytes} bytes`));
      hash.update(chunk);
      progress(bytes);
      done(null, chunk);
    },
  });
  await pipeline(source, count, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
  return { bytes, sha256: hash.digest('hex') };
}
