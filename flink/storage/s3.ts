// S3 as drey uses it: a few calls on objects. The only place that loads the AWS SDK, and only once something is asked of it.
// Credentials and their renewal are the SDK's own business; nothing here reads or logs one.
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Instant } from '../../domain/instant.ts';

export interface S3Settings {
  /** Another server than Amazon's. */
  readonly endpoint?: string;
  /** Where the environment and its files say nothing. */
  readonly region?: string;
  /** `https://host/bucket/key` in place of `https://bucket.host/key`. */
  readonly pathStyle: boolean;
}

export interface S3Place {
  readonly bucket: string;
  /** Of an object, or the beginning of many; without a slash at its start. */
  readonly key: string;
}

export interface S3Object {
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Instant;
}

export interface S3Listing {
  readonly objects: readonly S3Object[];
  /** Last names of the folders, where only one level was asked for. */
  readonly folders: readonly string[];
}

export interface S3 {
  /** Everything whose key begins so, or one level of it, or the first `most`. Throws when the bucket cannot be read. */
  list(place: S3Place, options?: { readonly oneLevel?: boolean; readonly most?: number }): Promise<S3Listing>;
  /** Undefined when there is none. */
  look(place: S3Place): Promise<S3Object | undefined>;
  get(place: S3Place, signal: AbortSignal): Promise<{ readonly body: Readable; readonly bytes: number }>;
  /** All of it or nothing; keeps a few parts of it in memory. */
  put(place: S3Place, content: AsyncIterable<Uint8Array>): Promise<void>;
  remove(bucket: string, keys: readonly string[]): Promise<void>;
  /** An address that takes one PUT of this object for so long. */
  signPut(place: S3Place, forMs: number): Promise<string>;
}

const PART_BYTES = 8 * 1024 * 1024;
const PAGE = 1000;

export function createS3({ endpoint, region, pathStyle }: S3Settings): S3 {
  let opened: Promise<S3Client> | undefined;
  const client = (): Promise<S3Client> =>
    (opened ??= import('@aws-sdk/client-s3').then(
      (sdk) =>
        new sdk.S3Client({
          ...(endpoint !== undefined && { endpoint }),
          ...(region !== undefined && { region }),
          forcePathStyle: pathStyle,
          maxAttempts: 3,
          requestHandler: { connectionTimeout: 5000, socketTimeout: 30_000 },
          // Other servers than Amazon's do not know the checksums, and in a signed address they would be those of an empty body.
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
    ));
  return {
    list: async ({ bucket, key }, options = {}) => listPages(await client(), { bucket, key, ...options }),
    async look({ bucket, key }) {
      const { objects } = await listPages(await client(), { bucket, key, most: 1 });
      return objects[0]?.key === key ? objects[0] : undefined;
    },
    async get({ bucket, key }, abortSignal) {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const { Body, ContentLength = 0 } = await (await client()).send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
      return { body: Body as Readable, bytes: ContentLength };
    },
    put: async (place, content) => put(await client(), place, content),
    remove: async (bucket, keys) => remove(await client(), bucket, keys),
    async signPut({ bucket, key }, forMs) {
      const [{ PutObjectCommand }, { getSignedUrl }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/s3-request-presigner')]);
      return getSignedUrl(await client(), new PutObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: Math.floor(forMs / 1000) });
    },
  };
}

interface ListOrder extends S3Place {
  readonly oneLevel?: boolean;
  readonly most?: number;
}

async function listPages(client: S3Client, { bucket, key, oneLevel = false, most = Infinity }: ListOrder): Promise<S3Listing> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const objects: S3Object[] = [];
  const folders: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: key,
        MaxKeys: Math.min(PAGE, most),
        ...(oneLevel && { Delimiter: '/' }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) objects.push({ key: Key, bytes: Size, modifiedAt: LastModified?.getTime() ?? 0 });
    for (const { Prefix = '' } of page.CommonPrefixes ?? []) folders.push(Prefix.slice(key.length).replace(/\/$/, ''));
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (token !== undefined && objects.length < most);
  return { objects: objects.slice(0, most), folders };
}

async function put(client: S3Client, { bucket, key }: S3Place, content: AsyncIterable<Uint8Array>): Promise<void> {
  const [{ Upload }, { Readable }] = await Promise.all([import('@aws-sdk/lib-storage'), import('node:stream')]);
  const params = { Bucket: bucket, Key: key, Body: Readable.from(content) };
  await new Upload({ client, params, partSize: PART_BYTES, queueSize: 2, leavePartsOnError: false }).done();
}

async function remove(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const { DeleteObjectsCommand } = await import('@aws-sdk/client-s3');
  for (let start = 0; start < keys.length; start += PAGE) {
    const Objects = keys.slice(start, start + PAGE).map((Key) => ({ Key }));
    const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
    if (Errors.length > 0) throw new Error(`S3 did not remove ${Errors.length} objects: ${Errors[0]?.Code}`);
  }
}
