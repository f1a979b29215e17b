// Writes Flink's configuration file so that every value arrives exactly as it was given, whatever characters it holds.

export interface ConfigFile {
  readonly name: string;
  readonly text: string;
}

/** `config.yaml` from 1.19 on, before that `flink-conf.yaml`. Throws an Error for a value that the old format cannot hold. */
export function configFile(flinkVersion: string, settings: Readonly<Record<string, string>>): ConfigFile {
  const entries = Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (isBefore(flinkVersion, '1.19')) return { name: 'flink-conf.yaml', text: entries.map(oldLine).join('') };
  return { name: 'config.yaml', text: entries.map(([key, value]) => `${quoted(key)}: ${quoted(value)}\n`).join('') };
}

/** True when `version` is older than `other`, by numbers. */
export function isBefore(version: string, other: string): boolean {
  const [a, b] = [version, other].map((text) => text.split('.').map(Number));
  for (const [i, part] of (b ?? []).entries()) {
    const mine = a?.[i] ?? 0;
    if (mine !== part) return mine < part;
  }
  return false;
}

/** A YAML double-quoted scalar; everything but printable ASCII is written by its number. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}

/** That format knows neither quotes nor escapes. */
function oldLine([key, value]: readonly [string, string]): string {
  if (/[\r\n]| #/.test(value) || /[:#\s]/.test(key))
    throw new Error(`Flink before 1.19 cannot be given a value like that of "${key}": it holds a line break or " #"`);
  return `${key}: ${value}\n`;
}
