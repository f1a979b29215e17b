// The blob root in a folder: the contract of every storage, Flink's spellings of files, and what only a folder can do wrong.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createStorage } from '../../flink/storage/create-storage.ts';
import { storageContract, type StorageWorld } from '../contracts/storage-contract.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

function open(): StorageWorld {
  const root = join(temporaryFolder(), 'a blob%20root ü');
  return {
    uri: `file://${root}`,
    opened: createStorage({ blobRoot: root }),
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      return Promise.resolve();
    },
    paths: () => Promise.resolve(filesBelow(root)),
    read: (path) => Promise.resolve(readFileSync(join(root, path), 'utf8')),
  };
}

function filesBelow(root: string): readonly string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));
  return files.toSorted();
}

storageContract(() => Promise.resolve(open()));

describe('the namespace whose state lies somewhere', () => {
  it('is told however the place is spelled, in a bucket and in a folder', () => {
    const bucket = createStorage({ blobRoot: 's3://bucket/top' }).storage;
    for (const location of [
      's3://bucket/top/flink-jobs/namespaces/a/x',
      's3a://bucket/top/y/../flink-jobs//namespaces/a/x',
      'S3://bucket//top/flink-savepoints/namespaces/a',
    ])
      expect(bucket.namespaceOf(location)).toBe('a');
    for (const location of ['s3://other/top/flink-jobs/namespaces/a/x', 's3://bucket/top/artifacts/namespaces/a/x', '/top/flink-jobs/namespaces/a/x'])
      expect(bucket.namespaceOf(location)).toBeUndefined();
    expect(createStorage({ blobRoot: '/blobs' }).storage.namespaceOf('file:/blobs/flink-jobs/namespaces/a/deployments/x')).toBe('a');
  });
});

describe('a folder', () => {
  it('is known in each of Flink’s spellings', async () => {
    const { uri, opened, write } = open();
    await write('x/_metadata', 'x');
    const path = uri.slice('file://'.length);
    for (const spelled of [`file:${path}/x/`, `file:${path}/x/_metadata`, `${path}/x`]) expect(await opened.storage.exists(spelled)).toBe(true);
  });

  it('is not empty because it cannot be read', async () => {
    const loop = `file://${'/a'.repeat(5000)}`;
    await expect(open().opened.storage.findSavepoint(loop)).rejects.toThrow('ENAMETOOLONG');
  });

  it('gives an address of drey’s own, good for one use within an hour', async () => {
    const { uploads } = open().opened;
    const place = { namespace: 'default', filename: 'big.jar' };
    const token = async (): Promise<string> => (await uploads.address(place, 1000)).url.split('/').at(-1) ?? '';
    const first = await token();
    expect([await uploads.redeem(first, 3_600_999), await uploads.redeem(first, 1000)]).toEqual([place, undefined]);
    expect(await uploads.redeem(await token(), 3_601_000)).toBeUndefined();
    expect(await uploads.redeem('../../x', 1000)).toBeUndefined();
  });

  it('takes nothing at an address that was given out for a namespace that went', async () => {
    const { uploads } = open().opened;
    const tokenFor = async (namespace: string): Promise<string> => (await uploads.address({ namespace, filename: 'a.jar' }, 1000)).url.split('/').at(-1) ?? '';
    const [old, other] = [await tokenFor('gone'), await tokenFor('stays')];
    await uploads.clear('gone');
    expect([await uploads.redeem(old, 1000), await uploads.redeem(other, 1000)]).toEqual([undefined, { namespace: 'stays', filename: 'a.jar' }]);
  });
});
