// One spelling for the locations of snapshots: Flink writes `file:/a` where it was asked for `file:///a`.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseLocation, sameLocation } from '../../domain/location.ts';

describe('a location', () => {
  it.each([
    ['file:/blobs/savepoint-1', 'file:///blobs/savepoint-1'],
    ['file:///blobs/savepoint-1', 'file:///blobs/savepoint-1'],
    ['file:///blobs/savepoint-1/', 'file:///blobs/savepoint-1'],
    ['file:/blobs/savepoint-1/_metadata', 'file:///blobs/savepoint-1'],
    ['s3://bucket/a/savepoint-1', 's3://bucket/a/savepoint-1'],
    ['s3://bucket/a/savepoint-1/_metadata', 's3://bucket/a/savepoint-1'],
    ['s3://bucket/a//', 's3://bucket/a'],
    ['hdfs://name:8020/a', 'hdfs://name:8020/a'],
    ['file:/blobs/_metadata-of/savepoint-1', 'file:///blobs/_metadata-of/savepoint-1'],
  ])('%s is spelled %s', (location, spelled) => {
    expect(normaliseLocation(location)).toBe(spelled);
    expect(sameLocation(location, spelled)).toBe(true);
  });

  it.each([
    ['file:///blobs/savepoint-1', 'file:///blobs/savepoint-2'],
    ['file:///blobs/savepoint-1', 'file:///blobs/savepoint-10'],
    ['file:///a', 's3://a'],
    ['s3://bucket/a', 's3://bucket/A'],
    ['s3://bucket/a', 's3a://bucket/a'],
  ])('%s is not %s', (a, b) => {
    expect(sameLocation(a, b)).toBe(false);
  });

  it('spelled right stays as it is', () => {
    const part = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    fc.assert(
      fc.property(
        fc.constantFrom('file:/', 'file:///', 's3://bucket/'),
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '/', '/_metadata'),
        (root, parts, end) => {
          const once = normaliseLocation(`${root}${parts.join('/')}${end}`);
          expect(normaliseLocation(once)).toBe(once);
        },
      ),
    );
  });
});
