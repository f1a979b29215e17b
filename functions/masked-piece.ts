// A piece of a long text with its secrets masked, so that none shows because a border cuts it in two: the piece is masked together with what
// stands before and behind it, and cut out of the result. Knows no secrets.

/** More than a secret may be long: with so much on either side, one that a border cuts is seen whole. In bytes. */
export const MARGIN_BYTES = 64 * 1024;

export interface Surrounded {
  readonly before: string;
  readonly piece: string;
  readonly after: string;
}

/**
 * A border lies where the masked text and the masked text up to the border begin to differ: that is the border itself, or where a secret
 * begins that it would cut. So the mask of such a secret stands in the piece that begins there, and neighbouring pieces agree on it.
 */
export async function maskedPiece({ before, piece, after }: Surrounded, mask: (text: string) => string | Promise<string>): Promise<string> {
  const whole = await mask(before + piece + after);
  const start = commonLength(await mask(before), whole);
  const end = after === '' ? whole.length : commonLength(await mask(before + piece), whole);
  return whole.slice(start, Math.max(start, end));
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let same = 0;
  while (same < most && a.charCodeAt(same) === b.charCodeAt(same)) same += 1;
  return same;
}
