// Locations of snapshots as text. Flink writes `file:/a` where it was asked for `file:///a` (`reference/flink.md` §2.1).

/** One spelling for every location: a scheme in small letters, `file:///…`, one slash before an absolute path, none at the end, no `/_metadata`. */
export function normaliseLocation(location: string): string {
  const spelled = location
    .replace(/^[a-z][a-z0-9+.-]*:/i, (scheme) => scheme.toLowerCase())
    .replace(/^file:(?:\/\/localhost(?=\/))?\/+(?=[^/])/, 'file:///')
    .replace(/^\/+(?=[^/])/, '/');
  return spelled.replace(/\/_metadata$/, '').replace(/(?<=[^/])\/+$/, '');
}

/** True when both name the same snapshot. */
export function sameLocation(a: string, b: string): boolean {
  return normaliseLocation(a) === normaliseLocation(b);
}

/** True when `location` lies in this directory. */
export function liesIn(location: string, directory: string): boolean {
  return normaliseLocation(location).startsWith(`${normaliseLocation(directory).replace(/\/+$/, '')}/`);
}

const ALIASES: readonly (readonly string[])[] = [
  ['file:///', '/'],
  ['s3://', 's3a://', 's3p://'],
];

/** Every normalised text that names the same data as this one: a local path with and without its scheme, and the file systems for S3. */
export function spellingsOf(location: string): readonly string[] {
  const plain = normaliseLocation(location);
  const group = ALIASES.find((prefixes) => prefixes.some((prefix) => plain.startsWith(prefix)));
  const written = group?.find((prefix) => plain.startsWith(prefix));
  return group === undefined || written === undefined ? [plain] : group.map((prefix) => `${prefix}${plain.slice(written.length)}`);
}

/** True for a URI with a path, or an absolute path, that has one spelling only: no blanks at the ends, no control characters, no `..` on a file system. */
export function isSnapshotLocation(text: string): boolean {
  if (text !== text.trim() || /\p{Cc}/u.test(text) || !/^(?:[a-z][a-z0-9+.-]*:)?\/+[^/]/i.test(text)) return false;
  if (!/^(?:file:)?\//i.test(text)) return true;
  const segments = normaliseLocation(text)
    .replace(/^file:/i, '')
    .replace(/^\/+/, '')
    .split('/');
  return segments.every((segment) => !['', '.', '..'].includes(segment));
}
