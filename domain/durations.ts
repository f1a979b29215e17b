// Durations as the manual writes them: "{amount}{unit}", for example "123ms" or "321 s" (seed page "Deployments").

const MILLIS_PER_UNIT: Readonly<Record<string, number>> = {
  d: 86_400_000,
  day: 86_400_000,
  h: 3_600_000,
  hour: 3_600_000,
  min: 60_000,
  minute: 60_000,
  s: 1000,
  sec: 1000,
  second: 1000,
  ms: 1,
  milli: 1,
  millisecond: 1,
  '\u00b5s': 1e-3,
  '\u03bcs': 1e-3,
  micro: 1e-3,
  microsecond: 1e-3,
  ns: 1e-6,
  nano: 1e-6,
  nanosecond: 1e-6,
};

/** As long as 64 bits of nanoseconds can count. */
const LONGEST_MS = 2 ** 63 / 1e6;

/** What a duration may look like, for error messages. */
export const DURATION_FORM = '{amount}{unit} with a unit of d, h, min, s, ms, µs or ns, for example "30 min", and at most 106751 d';

/** The length in milliseconds (fractions for µs and ns), or undefined when `text` is no duration or too long a one. A plain 0 needs no unit. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d{1,15}) ?([a-z\u00b5\u03bc]*)$/.exec(text.trim());
  if (!parts) return undefined;
  const amount = Number(parts[1]);
  const unit = parts[2] ?? '';
  if (unit === '') return amount === 0 ? 0 : undefined;
  const millis = Object.hasOwn(MILLIS_PER_UNIT, unit) ? MILLIS_PER_UNIT[unit] : undefined;
  return millis === undefined || amount * millis > LONGEST_MS ? undefined : amount * millis;
}
