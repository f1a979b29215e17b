// One spelling for the locations of snapshots: Flink writes `file:/a` where it was asked for `file:///a`.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSnapshotLocation, liesIn, normaliseLocation, sameLocation, spellingsOf } from '../../domain/location.ts';

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
    ['FILE:///blobs/a', 'file:///blobs/a'],
    ['file:////blobs/a', 'file:///blobs/a'],
    ['file://localhost/blobs/a', 'file:///blobs/a'],
    ['S3://Bucket/A', 's3://Bucket/A'],
    ['///blobs/a', '/blobs/a'],
    ['file:/blobs/_metadata-of/savepoint-1', 'file:///blobs/_metadata-of/savepoint-1'],
    ['s3://bucket/file:/a', 's3://bucket/file:/a'],
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

describe('a directory', () => {
  it.each([
    ['file:/blobs/a/savepoint-1', 'file:///blobs/a', true],
    ['file:///blobs/a/savepoint-1/_metadata', 'file:/blobs/a//', true],
    ['s3://bucket/a/b/c', 's3://bucket/a', true],
    ['file:///blobs/a', 'file:///blobs/a', false],
    ['file:///blobs/ab', 'file:///blobs/a', false],
    ['file:///blobs/a', 'file:///blobs/a/b', false],
    ['s3://bucket/a/b', 's3://other/a', false],
    ['/a', '/', true],
    ['/a', '//', true],
    ['file:/a', 'file:///', true],
  ])('%s lies in %s: %s', (location, directory, lies) => {
    expect(liesIn(location, directory)).toBe(lies);
  });
});

describe('the spellings of one location', () => {
  it.each([
    ['file:/blobs/a', ['file:///blobs/a', '/blobs/a']],
    ['/blobs/a/', ['file:///blobs/a', '/blobs/a']],
    ['s3a://bucket/a', ['s3://bucket/a', 's3a://bucket/a', 's3p://bucket/a']],
    ['s3://bucket/a/_metadata', ['s3://bucket/a', 's3a://bucket/a', 's3p://bucket/a']],
    ['hdfs://name/a', ['hdfs://name/a']],
  ])('%s', (location, spellings) => {
    expect(spellingsOf(location)).toEqual(spellings);
  });
});

describe('the location of a snapshot', () => {
  it.each([
    '/blobs/a',
    'file:/blobs/a',
    'file:///blobs/a',
    'FILE:///blobs/a',
    's3://bucket/a',
    's3://bucket/a/../b',
    'hdfs:///a',
    'oss+x.1-y://b/c',
    '///a',
    '/a/file:/b',
    'file:///blobs/a/',
  ])('may be %s', (text) => {
    expect(isSnapshotLocation(text)).toBe(true);
  });

  it.each([
    '',
    ' /a',
    '/a ',
    'a/b',
    'savepoint-1',
    '/',
    '//',
    's3://',
    'file:///',
    '1s3://bucket/a',
    '/a\u0000b',
    '/..',
    '/../a',
    '/a/../b',
    '/a/./b',
    '/a//b',
    'file:///a/..',
    'FILE:/a/../b',
    's3:bucket',
  ])('may not be %j', (text) => {
    expect(isSnapshotLocation(text)).toBe(false);
  });
});
