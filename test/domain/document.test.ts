// What the server takes out of a user's document: nulls, and what is its own.
import { describe, expect, it } from 'vitest';
import { isMapping, isServerAnnotation, withoutNulls, withoutServerAnnotations, withoutServerOwned } from '../../domain/document.ts';

describe('a mapping', () => {
  it.each([
    [{}, true],
    [{ a: 1 }, true],
    [null, false],
    [[], false],
    ['a', false],
    [undefined, false],
  ])('is %j: %s', (value, is) => {
    expect(isMapping(value)).toBe(is);
  });
});

describe('nulls', () => {
  it('count as left out, at any depth and in lists of mappings', () => {
    expect(withoutNulls({ a: null, b: { c: null, d: 1 }, e: [{ f: null, g: 2 }, 'x', null] })).toEqual({ b: { d: 1 }, e: [{ g: 2 }, 'x', null] });
    expect(withoutNulls('a')).toBe('a');
    expect(withoutNulls(null)).toBeNull();
  });

  it.each([
    'labels',
    'annotations',
    'nodeSelector',
    'flinkConfiguration',
    'log4jLoggers',
    'affinity',
    'tolerations',
    'securityContext',
    'volume',
    'volumeMount',
  ])('stay in %s, where they are a mistake or a value', (key) => {
    expect(withoutNulls({ spec: { [key]: { a: null } } })).toEqual({ spec: { [key]: { a: null } } });
    expect(withoutNulls({ spec: { [key]: null } })).toEqual({ spec: {} });
  });
});

describe('what the server owns', () => {
  const metadata = { id: '1', createdAt: 'a', modifiedAt: 'b', terminatedAt: 'c', name: 'n', resourceVersion: 3 };

  it('is the status and some of the metadata, of this kind more', () => {
    expect(withoutServerOwned({ metadata, spec: { status: 1, id: 2 }, status: {} })).toEqual({
      metadata: { name: 'n', resourceVersion: 3 },
      spec: { status: 1, id: 2 },
    });
    expect(withoutServerOwned({ metadata }, ['resourceVersion'])).toEqual({ metadata: { name: 'n' } });
  });

  it('is nothing of what is no document', () => {
    for (const value of ['a', null, [1]]) expect(withoutServerOwned(value)).toBe(value);
    expect(withoutServerOwned({ metadata: 'a' })).toEqual({ metadata: 'a' });
  });

  it.each([
    ['com.dataartisans.appmanager.controller.deployment.spec.version', true],
    ['drey.dev/because', true],
    ['drey.dev/because-of', false],
    ['drey.dev/keep-savepoints', false],
    ['my.com.dataartisans.appmanager.controller.', false],
  ])('is the annotation %s: %s', (key, is) => {
    expect(isServerAnnotation(key)).toBe(is);
    const others = { note: 'x', ...(is ? {} : { [key]: 'a' }) };
    expect(withoutServerAnnotations({ spec: 1, metadata: { name: 'n', annotations: { note: 'x', [key]: 'a' } } })).toEqual({
      spec: 1,
      metadata: { name: 'n', annotations: others },
    });
  });

  it('is no annotation where there are none', () => {
    for (const value of ['a', null, { metadata: { name: 'n' } }, { metadata: { annotations: 'a' } }, { metadata: null }])
      expect(withoutServerAnnotations(value)).toEqual(value);
  });
});
