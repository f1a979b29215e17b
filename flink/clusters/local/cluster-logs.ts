// The log files of a local cluster's processes, also of those that ended long ago. Reads regular files of its log folder, and only under
// names that a process of the cluster gives them; follows no link.
import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogFile, ProcessLogs } from '../../logs.ts';
import type { ClusterFolder } from './cluster-folder.ts';

const NAME = /^(jobmanager|taskmanager-\d{1,5})\.([\w-][\w.-]{0,99})$/;

export function clusterLogs({ path }: ClusterFolder): ProcessLogs {
  const folder = join(path, 'log');
  return {
    async list() {
      const names = await readdir(folder).catch(() => []);
      const found = await Promise.all(names.map((name) => look(folder, name)));
      const files = found.filter((file) => file !== undefined);
      return { kind: 'done', value: files.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })) };
    },
    async read({ process, name }, range) {
      return { kind: 'done', value: NAME.exec(name)?.[1] === process ? await readRange(join(folder, name), range) : undefined };
    },
  };
}

async function look(folder: string, name: string): Promise<LogFile | undefined> {
  const [, process, rest = ''] = NAME.exec(name) ?? [];
  const seen = process === undefined ? undefined : await lstat(join(folder, name)).catch(() => undefined);
  if (process === undefined || seen?.isFile() !== true) return undefined;
  return { process, name, kind: /^out(\.|$)/.test(rest) ? 'stdout' : 'log', size: seen.size, modifiedAt: Math.floor(seen.mtimeMs) };
}

async function readRange(path: string, { offset, length }: { readonly offset: number; readonly length: number }): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
