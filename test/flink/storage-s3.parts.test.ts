// The blob root in S3 (moto): the contract of every storage, addresses that are signed, and what only S3 can do wrong.
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStorage } from '../../flink/storage/create-storage.ts';
import { createS3 } from '../../flink/storage/s3.ts';
import { storageContract, type StorageWorld } from '../contracts/storage-contract.ts';
import { type Moto, startMoto } from '../fixtures/start-moto.ts';

let moto: Moto;
let client: S3Client;
beforeAll(async () => {
  moto = await startMoto();
  client = new S3Client({ endpoint: moto.settings.endpoint, region: 'us-east-1', forcePathStyle: true });
});

afterAll(() => moto.stop());

async function open(prefix: string): Promise<StorageWorld & { readonly bucket: string }> {
  const Bucket = await moto.bucket();
  const uri = `s3://${Bucket}${prefix === '' ? '' : `/${prefix}`}`;
  const keyOf = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`);
  return {
    bucket: Bucket,
    uri,
    opened: createStorage({ blobRoot: uri, s3: createS3(moto.settings) }),
    async write(path, Body) {
      await client.send(new PutObjectCommand({ Bucket, Key: keyOf(path), Body }));
    },
    async paths() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: keyOf('') }));
      return Contents.map(({ Key = '' }) => Key.slice(keyOf('').length)).toSorted();
    },
    async read(path) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(path) }));
      return (await Body?.transformToString()) ?? '';
    },
  };
}

describe.each(['', 'a/drey root'])('below "%s"', (prefix) => {
  storageContract(() => open(prefix));
});

describe('S3', () => {
  it('says the same of Flink’s other names for it', async () => {
    const { uri, opened, write } = await open('p');
    await write('x/_metadata', 'x');
    for (const scheme of ['s3a:', 's3p:']) expect(await opened.storage.exists(`${uri.replace('s3:', scheme)}/x`)).toBe(true);
  });

  it('is not empty because it cannot be read', async () => {
    const { storage, uploads } = createStorage({ blobRoot: 's3://no-such-bucket/p', s3: createS3(moto.settings) });
    await expect(storage.exists('s3://no-such-bucket/p/x')).rejects.toThrow(/NoSuchBucket|does not exist/);
    await expect(storage.findSavepoint('s3://no-such-bucket/p/x')).rejects.toThrow(/NoSuchBucket|does not exist/);
    await expect(uploads.list('default')).rejects.toThrow(/NoSuchBucket|does not exist/);
    const silent = createStorage({ blobRoot: 's3://bucket-1', s3: createS3({ ...moto.settings, endpoint: 'http://127.0.0.1:1' }) });
    await expect(silent.storage.exists('s3://bucket-1/x')).rejects.toThrow('ECONNREFUSED');
  });

  it('lists the first 1000 and removes more than one page', async () => {
    const { uri, opened, write, paths } = await open('p');
    const folder = 'artifacts/namespaces/default';
    for (let i = 0; i < 1001; i += 1) await write(`${folder}/${String(i).padStart(4, '0')}`, 'x');
    await write(`${folder}/_metadata`, 'x');
    const listed = await opened.uploads.list('default');
    expect([listed.length, listed.at(-1)?.filename]).toEqual([1000, '0999']);
    await opened.storage.remove(`${uri}/${folder}`);
    expect(await paths()).toEqual([]);
  });

  it('keeps no parts of an upload that broke off', async () => {
    const { bucket, opened } = await open('p');
    async function* broken(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 20; i += 1) yield await Promise.resolve(Buffer.alloc(1024 * 1024));
      throw new Error('cut off');
    }
    await expect(opened.uploads.put({ namespace: 'default', filename: 'a.jar' }, broken())).rejects.toThrow('cut off');
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });

  it('gives an address that takes the file without any credentials', async () => {
    const { opened, read } = await open('p');
    const place = { namespace: 'default', filename: 'ä big.jar' };
    const { url, expiresAt } = await opened.uploads.address(place, 1000);
    expect([url.startsWith(moto.settings.endpoint), expiresAt]).toEqual([true, 3_601_000]);
    expect(url).not.toContain('checksum');
    const { status } = await fetch(url, { method: 'PUT', body: 'PK big' });
    expect([status, await read('artifacts/namespaces/default/ä big.jar')]).toEqual([200, 'PK big']);
    expect(await opened.uploads.find(place)).toMatchObject({ filename: 'ä big.jar' });
    expect(await opened.uploads.redeem('x', 1000)).toBeUndefined();
  });
});
