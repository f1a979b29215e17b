// Makes ids: UUIDv7 (RFC 9562), which sort by time. Owns the form of an id; where time and randomness come from is handed in.
import type { Ids, NewId } from '../domain/ids.ts';
import type { Instant } from '../domain/instant.ts';

export interface IdSource {
  readonly clock: () => Instant;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
}

const COUNTER_END = 0x1000;

/** Ids of one source strictly increase, also within a millisecond and when the clock is set back. */
export function createNewId({ clock, random }: IdSource): NewId {
  let millis = 0;
  let counter = 0;
  return <Kind extends keyof Ids>(): Ids[Kind] => {
    const now = Math.floor(clock());
    counter += 1;
    if (now > millis || counter === COUNTER_END) {
      millis = Math.max(now, millis + 1);
      counter = 0;
    }
    return toUuidV7<Kind>({ millis, counter, tail: random(8) });
  };
}

/** No id that was made at this instant or later sorts before it. */
export function firstIdAt<Kind extends keyof Ids>(instant: Instant): Ids[Kind] {
  return toUuidV7({ millis: Math.max(0, Math.floor(instant)), counter: 0, tail: new Uint8Array(8) });
}

/** `counter`: 12 bits that order ids of one millisecond. `tail`: 8 bytes, of which 62 bits are used. */
export function toUuidV7<Kind extends keyof Ids>(parts: { readonly millis: number; readonly counter: number; readonly tail: Uint8Array }): Ids[Kind] {
  const time = parts.millis.toString(16).padStart(12, '0');
  const tail = Buffer.from(parts.tail);
  tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80;
  const rest = tail.toString('hex');
  const text = `${time.slice(0, 8)}-${time.slice(8)}-7${parts.counter.toString(16).padStart(3, '0')}-${rest.slice(0, 4)}-${rest.slice(4)}`;
  return text as unknown as Ids[Kind];
}
