// The body of an upload: never taken into memory, counted as it is read. Too much of it, or a line that breaks, is a Problem.
import type { Route } from '../domain/api.schema.ts';
import { boundaryOf, readForm } from './form-data.ts';
import type { FunctionSettings } from './deps.ts';
import { Problem } from './problem.ts';
import { mediaTypeOf } from './read-body.ts';

export interface IncomingFile {
  /** As the form names it. */
  readonly filename?: string;
  /** Reading throws a Problem when it is too large, malformed or cut off. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** What may stand around a file in a form. */
const FORM_BYTES = 1024 * 1024;
const MIB = 2 ** 20;

export async function readUpload(
  request: Request,
  { kind, path }: { readonly kind: NonNullable<Route['upload']>; readonly path: string },
  { uploadLimit = 50 * MIB, artifactLimit = 1024 * MIB }: FunctionSettings,
): Promise<IncomingFile> {
  if (kind === 'raw') return { content: atMost(bytesOf(request), artifactLimit, `the file is larger than ${mebibytes(artifactLimit)}`) };
  const contentType = request.headers.get('content-type') ?? '';
  if (mediaTypeOf(contentType) !== 'multipart/form-data') {
    throw new Problem('unsupportedMediaType', 'send the file as multipart/form-data, in a part named "file"');
  }
  const presign = path.replace(/:upload$/, ':presign').replace(/^\/artifacts/, '/drey');
  const tooLarge = `the file is larger than ${mebibytes(uploadLimit)}: POST ${presign} gives an address for larger ones`;
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > uploadLimit + FORM_BYTES) throw new Problem('tooLarge', tooLarge);
  const form = await readForm(atMost(bytesOf(request), uploadLimit + FORM_BYTES, tooLarge), boundaryOf(contentType));
  return { filename: form.filename, content: atMost(form.content, uploadLimit, tooLarge) };
}

function mebibytes(bytes: number): string {
  return bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes} bytes`;
}

async function* bytesOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  try {
    yield* body;
  } catch {
    throw new Problem('invalid', 'the upload was cut off');
  }
}

async function* atMost(content: AsyncIterable<Uint8Array>, limit: number, message: string): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw new Problem('tooLarge', message);
    yield chunk;
  }
}
