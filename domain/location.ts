// Locations of snapshots as text. Flink writes `file:/a` where it was asked for `file:///a` (`reference/flink.md` §2.1).

/** One spelling for every location: `file:///…`, no slash at the end, no `/_metadata`. */
export function normaliseLocation(location: string): string {
  const spelled = location.replace(/^file:\/{0,2}(?=\/[^/])/, 'file://');
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
