// Which commit this is, where the sources lie in a Git work tree of their own. Reads files, runs nothing, and finds nothing where there is nothing.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Forty hex digits. `root` holds `.git`. */
export async function findCommit(root: string): Promise<string | undefined> {
  const git = join(root, '.git');
  const head = await readText(join(git, 'HEAD'));
  const name = /^ref: (refs\/[\w./-]+)$/.exec(head)?.[1];
  if (name === undefined || name.includes('..')) return asCommit(head);
  return asCommit(await readText(join(git, name))) ?? packed(await readText(join(git, 'packed-refs')), name);
}

function packed(refs: string, name: string): string | undefined {
  const line = refs.split('\n').find((each) => each.endsWith(` ${name}`));
  return asCommit(line?.slice(0, 40) ?? '');
}

function asCommit(text: string): string | undefined {
  return /^[0-9a-f]{40}$/.test(text) ? text : undefined;
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return '';
  }
}
