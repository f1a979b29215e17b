// The keys that encrypt secret values: the configured ones, or for the embedded database one that is made once and kept in a file that only
// its owner reads. A key is never replaced here: who loses it loses what it encrypted.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { StartProblem } from './start-problem.ts';

export interface KeyRing {
  readonly current: Uint8Array;
  readonly old: readonly Uint8Array[];
}

const KEY_BYTES = 32;

/** The caller holds the lock of DREY_HOME. Throws a StartProblem when the file is there and holds no key. */
export async function secretKeys({ home, secretKey, oldSecretKeys }: Pick<Config, 'home' | 'secretKey' | 'oldSecretKeys'>): Promise<KeyRing> {
  const kept = await readKey(home);
  // Whoever begins to configure a key goes on reading what the generated one encrypted.
  if (secretKey !== undefined) return { current: secretKey, old: [...oldSecretKeys, ...(kept === undefined ? [] : [kept])] };
  return { current: kept ?? (await makeKey(home)), old: oldSecretKeys };
}

const fileIn = (home: string): string => join(home, 'secret-key');

async function readKey(home: string): Promise<Uint8Array | undefined> {
  const text = await readFile(fileIn(home), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new StartProblem(`${fileIn(home)}, the key of the secret values, cannot be read: ${error.code}.`);
  });
  if (text === undefined) return undefined;
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new StartProblem(`${fileIn(home)} holds no key: put back the one that was there, or remove it to begin with a new one.`);
  return key;
}

async function makeKey(home: string): Promise<Uint8Array> {
  const key = randomBytes(KEY_BYTES);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const file = await open(fileIn(home), 'wx', 0o600);
  try {
    await file.writeFile(`${key.toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return key;
}
