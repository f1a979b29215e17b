// Memory sizes as the manual writes them ("1g", "1.5G", "2048m"), as Flink can read them.

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** In bytes, powers of two throughout: "1G" is what Flink calls 1024 mb. Undefined when `text` is no memory size. */
export function parseMemorySize(text: string): number | undefined {
  const parts = /^(\d{1,9}(?:\.\d{1,6})?)\s?([kmgt]?)i?b?$/i.exec(text.trim());
  const unit = UNITS[parts?.[2]?.toLowerCase() ?? 'none'];
  return parts === null || unit === undefined ? undefined : Math.round(Number(parts[1]) * unit);
}
