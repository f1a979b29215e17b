// The last lines of a cluster's JobManager, for saying why it ended. Reads a bounded piece from the end.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterFolder } from './cluster-folder.ts';

const MAX_BYTES = 8192;

/** At most 8 KiB: of its log, or of what it printed when it never came as far as a log. */
export async function logTail({ path }: ClusterFolder): Promise<string> {
  const log = await tailOf(join(path, 'log', 'jobmanager.log'));
  return log === '' ? tailOf(join(path, 'log', 'jobmanager.out')) : log;
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - MAX_BYTES);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
