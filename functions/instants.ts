// How the API writes a moment: RFC 3339, UTC, microseconds.
import type { Instant } from '../domain/instant.ts';

export function toTimestamp(instant: Instant): string;
export function toTimestamp(instant: Instant | undefined): string | undefined;
export function toTimestamp(instant: Instant | undefined): string | undefined {
  if (instant === undefined) return undefined;
  const micros = Math.round(instant * 1000);
  const text = new Date(Math.floor(micros / 1000)).toISOString();
  return `${text.slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
}

/** As the platform API writes it: `2026-11-26T08:15:00Z`. */
export function toWholeSeconds(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
