// If-Match: a write that is meant for one version of a resource only (412 otherwise). ETags are resource versions, so that a client can use either.
// Checked under the lock of the resource; without the header nothing is compared (D10 is about the body).
import { isMapping } from '../domain/document.ts';
import { Problem } from './problem.ts';

const HEADER = 'If-Match';

/** `*`: any version, as long as there is one. */
export type IfMatch = '*' | readonly string[];

function toEtag(resourceVersion: number): string {
  return `"${resourceVersion}"`;
}

/** Of an answer that is one resource; undefined for any other. */
export function etagOf(body: unknown): string | undefined {
  if (!isMapping(body) || !isMapping(body.metadata)) return undefined;
  const { resourceVersion } = body.metadata;
  return typeof resourceVersion === 'number' ? toEtag(resourceVersion) : undefined;
}

/** Undefined when there is no condition. Weak tags are read and match nothing; a bare number is taken as a tag. */
export function readIfMatch(header: string | undefined): IfMatch | undefined {
  if (header === undefined) return undefined;
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.length === 1 && tags[0] === '*') return '*';
  if (tags.every((tag) => /^((W\/)?"[\x21\x23-\x7e]*"|\d{1,10})$/.test(tag))) return tags.map((tag) => (/^\d/.test(tag) ? `"${tag}"` : tag));
  throw new Problem('invalid', 'must be * or ETags of answers of this API, for example "3" in its quotes', HEADER);
}

/** `stored` is undefined where the write would create the resource. */
export function refuseUnmatched(wanted: IfMatch | undefined, stored: number | undefined): void {
  if (wanted === undefined || (wanted === '*' && stored !== undefined)) return;
  if (stored === undefined) throw new Problem('preconditionFailed', 'there is nothing of that name yet', HEADER);
  if (wanted.includes(toEtag(stored))) return;
  throw new Problem('preconditionFailed', `the stored resource is version "${stored}": read it again`, HEADER);
}
