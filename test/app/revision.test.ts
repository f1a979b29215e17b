// The commit of the sources, where Git keeps it in one of its places.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findCommit } from '../../app/revision.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

async function rootWith(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'drey-revision-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, '.git', path)), { recursive: true });
    await writeFile(join(root, '.git', path), text);
  }
  return root;
}

it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
  ['in HEAD', { HEAD: `${COMMIT}\n` }, COMMIT],
  ['in a branch', { HEAD: 'ref: refs/heads/main\n', 'refs/heads/main': `${COMMIT}\n` }, COMMIT],
  ['among the packed refs', { HEAD: 'ref: refs/heads/a/b\n', 'packed-refs': `# pack-refs\n${COMMIT} refs/heads/a/b\n` }, COMMIT],
  ['nowhere: a branch without a commit', { HEAD: 'ref: refs/heads/main\n' }, undefined],
  ['nowhere: a branch outside', { HEAD: 'ref: refs/../../x\n', '../x': COMMIT }, undefined],
  ['nowhere: no Git', {}, undefined],
])('is found %s', async (_, files, commit) => {
  expect(await findCommit(await rootWith(files))).toBe(commit);
});
