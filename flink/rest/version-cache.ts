// Remembers for a short while which version answers at a url. A JobManager may be replaced at the same url, so never for long.

export interface VersionCache {
  find(url: string): string | undefined;
  remember(url: string, version: string): void;
}

/** `now` in milliseconds of any clock that never goes back. */
export function createVersionCache(now: () => number, lifetimeMs: number): VersionCache {
  const known = new Map<string, { readonly version: string; readonly until: number }>();
  return {
    find: (url) => {
      const entry = known.get(url);
      return entry !== undefined && entry.until > now() ? entry.version : undefined;
    },
    remember: (url, version) => {
      for (const [other, { until }] of known) if (until <= now()) known.delete(other);
      known.set(url, { version, until: now() + lifetimeMs });
    },
  };
}
