// The name of an uploaded artifact: one file name, the same on every file system and in S3. Decides, reads nothing.

/** What most file systems and every part of an S3 key can hold, in bytes of UTF-8. */
const MAX_BYTES = 255;

/** Undefined when an artifact may be called so, else what is wrong, to follow the word "filename". */
export function faultOfArtifactName(name: string): string | undefined {
  if (name === '') return 'must not be empty';
  if (new TextEncoder().encode(name).length > MAX_BYTES) return `must be at most ${MAX_BYTES} bytes long`;
  if (/[/\\]/.test(name) || name === '.' || name === '..') return 'must be the name of a file, without folders';
  if (/\p{Cc}/u.test(name) || !name.isWellFormed()) return 'must not contain control characters';
  if (name !== name.trim()) return 'must neither start nor end with a blank';
  return undefined;
}
