// The installation: an id that is made once per data folder. Flink processes carry it, so that no other installation takes them for its own.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The id of this data folder. The caller holds its lock. */
export async function installationId(home: string): Promise<string> {
  const file = join(home, 'installation');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known.trim() !== '') return known.trim();
  const made = randomUUID();
  await mkdir(home, { recursive: true });
  await writeFile(file, `${made}\n`);
  return made;
}
