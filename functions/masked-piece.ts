// A piece of a long text with its secrets hidden, so that none shows because a border cuts it in two: what stands before and behind the piece is
// looked at as well. A value belongs to the piece in which it begins, so neighbouring pieces tell it once.
import { HIDDEN, type Mask } from '../domain/mask.ts';

export interface Surrounded {
  /** The piece, with what surrounds it: on either side at least as much as the longest spelling of a value, or all there is. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** UTF-8 needs at most three bytes for each unit of a JavaScript text. */
export function marginOf({ longest }: Mask): number {
  return 3 * longest;
}

export function maskedPiece({ text, start, end }: Surrounded, { find, hide }: Mask): string {
  let result = '';
  let from = start;
  for (let found = find(text, 0); found !== undefined && found.start < end; found = find(text, found.end)) {
    if (found.start >= start) result += text.slice(from, found.start) + HIDDEN;
    from = Math.max(from, found.end);
  }
  const rest = text.slice(from, Math.max(from, end));
  // Where the text ends, a value may have been written half.
  return result + (end === text.length ? hide(rest) : rest);
}
