// How objects in S3 are written: `s3://bucket/key`, and the same with the names of Flink's own file systems for it. Keys are never decoded.
import type { S3Place } from './s3.ts';

/** Letters, digits, dots and dashes: what can stand in a host name and changes nothing else of an address. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Undefined when the text is no address of an object or folder in S3. */
export function parseS3(location: string): S3Place | undefined {
  const [, bucket = '', key = ''] = /^s3[ap]?:\/\/([^/]*)(?:\/(.*))?$/is.exec(location) ?? [];
  return BUCKET.test(bucket) ? { bucket, key: key.replace(/^\/+/, '') } : undefined;
}

export function s3Location({ bucket, key }: S3Place): string {
  return `s3://${bucket}/${key}`;
}

/** A key below another; the root may be the bucket itself. */
export function keyBelow(key: string, ...parts: readonly string[]): string {
  return [...(key === '' ? [] : [key]), ...parts].join('/');
}
