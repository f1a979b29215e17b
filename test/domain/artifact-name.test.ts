// The names that uploaded artifacts may have.
import { expect, it } from 'vitest';
import { faultOfArtifactName } from '../../domain/artifact-name.ts';

it.each(['job.jar', 'a', '.hidden', '..jar', 'a..b', 'my job.jar', 'Zähler.jar', 'x'.repeat(255), 'ä'.repeat(127)])('%j is a name', (name) => {
  expect(faultOfArtifactName(name)).toBeUndefined();
});

it.each([
  ['', 'must not be empty'],
  ['x'.repeat(256), 'must be at most 255 bytes long'],
  ['ä'.repeat(128), 'must be at most 255 bytes long'],
  ['a/b.jar', 'must be the name of a file, without folders'],
  ['a\\b.jar', 'must be the name of a file, without folders'],
  ['.', 'must be the name of a file, without folders'],
  ['..', 'must be the name of a file, without folders'],
  ['a\u0000.jar', 'must not contain control characters'],
  ['a\n.jar', 'must not contain control characters'],
  ['a\ud800.jar', 'must not contain control characters'],
  [' a.jar', 'must neither start nor end with a blank'],
  ['a.jar ', 'must neither start nor end with a blank'],
])('%j is none: it %s', (name, fault) => {
  expect(faultOfArtifactName(name)).toBe(fault);
});
