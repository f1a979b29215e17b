// Percentiles of measured times, and the table that is printed.

export interface Series {
  readonly name: string;
  /** Milliseconds. */
  readonly values: readonly number[];
}

/** The value that `share` of all values do not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** One line a series: p50, p95, p99, lowest and highest, in whole milliseconds. */
export function toTable(series: readonly Series[]): string {
  const cell = (value: number | string): string => String(typeof value === 'number' ? Math.round(value) : value).padStart(9);
  const header = ['', 'n', 'p50', 'p95', 'p99', 'min', 'max'];
  const rows = series.map(({ name, values }) => [
    name,
    values.length,
    percentile(values, 0.5),
    percentile(values, 0.95),
    percentile(values, 0.99),
    Math.min(...values),
    Math.max(...values),
  ]);
  return [header, ...rows].map(([name, ...cells]) => String(name).padEnd(34) + cells.map(cell).join('')).join('\n');
}
