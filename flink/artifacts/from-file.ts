// Artifacts that lie on this machine. Only below the configured folders, whatever links and dots the address contains.
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, relative, isAbsolute } from 'node:path';
import type { Answer } from '../flink.ts';
import { messageOf, later, refused, tooLarge } from './refusals.ts';
import { type Saved, saveStream, TooLarge, type Watch } from './save-stream.ts';

export interface FileOrder {
  readonly path: string;
  /** Where it is copied to. */
  readonly target: string;
}

export interface Roots {
  /** By DREY_FILE_ROOTS. */
  readonly named: readonly string[];
  /** Uploaded artifacts of the namespace. */
  readonly uploads: readonly string[];
}

/** Copies, never links: the user may build over the original. */
export async function fetchFile({ path, target }: FileOrder, { named, uploads }: Roots, watch: Watch): Promise<Answer<Saved>> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined || !(await isBelow(real, [...named, ...uploads]))) {
    const isUpload = uploads.some((root) => !leaves(relative(root, path)));
    return refused(isUpload && real === undefined ? `there is no uploaded artifact "${basename(path)}"` : notBelow(path, real, named));
  }
  const seen = await stat(real);
  if (!seen.isFile()) return refused(`${path} is no file`);
  if (seen.size > watch.maxBytes) return tooLarge(path, watch.maxBytes);
  try {
    return { kind: 'done', value: await saveStream(createReadStream(real), target, watch) };
  } catch (error) {
    return error instanceof TooLarge ? tooLarge(path, watch.maxBytes) : later(`${path} could not be copied: ${messageOf(error)}`);
  }
}

export async function isBelow(path: string, roots: readonly string[]): Promise<boolean> {
  const real = await Promise.all(roots.map((root) => realpath(root).catch(() => undefined)));
  return real.some((root) => root !== undefined && !leaves(relative(root, path)));
}

function leaves(path: string): boolean {
  return path === '' || path === '..' || path.startsWith('../') || isAbsolute(path);
}

/** The same sentence for a file that is missing and one that is out of bounds would help nobody; but only inside the folders may one ask. */
function notBelow(path: string, real: string | undefined, roots: readonly string[]): string {
  const inside = roots.some((root) => !leaves(relative(root, path)));
  if (real === undefined && inside) return `${path} does not exist`;
  return `${path} is not below a folder that DREY_FILE_ROOTS (--file-roots) names; these are ${roots.join(', ')}`;
}
