// Where the key of the secret values comes from, and what happens to an earlier one.
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../app/config.ts';
import { createUnspeakable } from '../../app/log.ts';
import { unreadableSecrets } from '../../app/open-store.ts';
import { secretKeys } from '../../app/secret-keys.ts';
import { createStore } from '../../store/create-store.ts';
import { newId, openEmptyPglite } from '../store/open-store.ts';
import { aKey, aSecretBox } from '../fixtures/a-secret-box.ts';

const aHome = () => mkdtemp(join(tmpdir(), 'drey-keys-'));

describe('the key of the secret values', () => {
  it('is made once per data folder, in a file that only its owner reads', async () => {
    const home = await aHome();
    const made = await secretKeys({ home, oldSecretKeys: [] });
    expect(made.current).toHaveLength(32);
    expect((await stat(join(home, 'secret-key'))).mode & 0o777).toBe(0o600);
    expect(await secretKeys({ home, oldSecretKeys: [] })).toEqual(made);
  });

  it('is the configured one, and the generated one still decrypts', async () => {
    const home = await aHome();
    const { current: generated } = await secretKeys({ home, oldSecretKeys: [] });
    const [configured, old] = [aKey(), aKey()];
    expect(await secretKeys({ home, secretKey: configured, oldSecretKeys: [old] })).toEqual({ current: configured, old: [old, generated] });
    await expect(readFile(join(await aHome(), 'secret-key'))).rejects.toThrow('ENOENT');
  });

  it('is never replaced when its file cannot be understood', async () => {
    const home = await aHome();
    await writeFile(join(home, 'secret-key'), 'garbage');
    await expect(secretKeys({ home, oldSecretKeys: [] })).rejects.toThrow('holds no key');
    expect(await readFile(join(home, 'secret-key'), 'utf8')).toBe('garbage');
  });

  it('and former ones are read from the environment, and no child process sees them', async () => {
    const [current, one, two] = [aKey(), aKey(), aKey()].map((key) => Buffer.from(key));
    const environment = { DREY_SECRET_KEY: current?.toString('hex'), DREY_OLD_SECRET_KEYS: `${one?.toString('base64')}, ${two?.toString('hex')}` };
    const config = await readConfig([], environment);
    expect(config.secretKey).toEqual(current);
    expect(config.oldSecretKeys).toEqual([one, two]);
    expect(config.childEnvironment).toEqual({});
    await expect(readConfig([], { DREY_OLD_SECRET_KEYS: 'short' })).rejects.toThrow('DREY_OLD_SECRET_KEYS must be former values of DREY_SECRET_KEY');
  });
});

it('values that no key decrypts keep the platform from being ready, and say what to do', async () => {
  const kysely = await openEmptyPglite();
  onTestFinished(() => kysely.destroy());
  const [first, second] = [aKey(), aKey()];
  const withKeys = (current: Uint8Array, old: readonly Uint8Array[] = []) => createStore({ kysely, newId, secretBox: aSecretBox(current, old) });
  const store = withKeys(first);
  await store.transaction(async (tx) => {
    await store.namespaces.ensure(tx, 'default');
    await store.secretValues.insert(tx, { namespace: 'default', name: 'A', labels: {}, annotations: {}, value: 'value' });
  });
  expect(await unreadableSecrets(store)).toBeUndefined();
  expect(await unreadableSecrets(withKeys(second, [first]))).toBeUndefined();
  expect(await unreadableSecrets(withKeys(second))).toBe(
    '1 secret value was encrypted with a key that is not configured: name that key in DREY_OLD_SECRET_KEYS, or give the values anew or delete them',
  );
});

it('a log leaves out every secret value from the moment it was read', () => {
  const unspeakable = createUnspeakable(['password', 'ab']);
  expect(unspeakable.hide('{"a":"password canary-1 ab"}')).toBe('{"a":"****** canary-1 ab"}');
  unspeakable.add('canary-1');
  expect(unspeakable.hide('{"a":"password canary-1 ab"}')).toBe('{"a":"****** ****** ab"}');
});
