// What differs between the Flink versions drey speaks to, 1.16 to 2.3 (`reference/flink.md` §2.1). One row a change; no call is made here.

export interface Dialect {
  /** How a run body names NO_CLAIM. */
  readonly claimField: 'restoreMode' | 'claimMode';
  /** A run body may carry a configuration of the job. */
  readonly takesConfiguration: boolean;
}

interface Change {
  readonly since: readonly [major: number, minor: number];
  readonly brings: Partial<Dialect>;
}

const OLDEST: Dialect = { claimField: 'restoreMode', takesConfiguration: false };

const CHANGES: readonly Change[] = [
  { since: [1, 17], brings: { takesConfiguration: true } },
  { since: [1, 20], brings: { claimField: 'claimMode' } },
];

/** The dialect of "1.20.0"; a version that cannot be read counts as the newest. */
export function dialectOf(version: string): Dialect {
  const parts = /^(\d+)\.(\d+)/.exec(version);
  const [major, minor] = parts === null ? [Infinity, 0] : [Number(parts[1]), Number(parts[2])];
  const made = CHANGES.filter(({ since }) => major > since[0] || (major === since[0] && minor >= since[1]));
  return made.reduce<Dialect>((dialect, { brings }) => ({ ...dialect, ...brings }), OLDEST);
}
