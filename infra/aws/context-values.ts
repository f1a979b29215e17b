// How one value of the context is read: from text, as `-c key=value` gives it, or as cdk.json may hold it. An empty text counts as not given.

export class SettingProblem extends Error {}

export function wrong(key: string, words: string): SettingProblem {
  return new SettingProblem(`context ${key}: ${words}`);
}

/** Throws a SettingProblem. */
export type Read<T> = (key: string, given: unknown) => T;

function toText(key: string, given: unknown): string | undefined {
  if (typeof given === 'number') return String(given);
  if (given !== undefined && given !== null && typeof given !== 'string') throw wrong(key, 'must be a text');
  const text = (given ?? '').trim();
  return text === '' ? undefined : text;
}

/** `form`: the words that say what is right. */
export function asText(pattern: RegExp, form: string): Read<string | undefined> {
  return (key, given) => {
    const text = toText(key, given);
    if (text !== undefined && !pattern.test(text)) throw wrong(key, `must be ${form}`);
    return text;
  };
}

/** From a text with "," between the items, or from a list. */
export function asList(pattern: RegExp, form: string): Read<readonly string[]> {
  return (key, given) => {
    const items = Array.isArray(given) ? given.map((item) => toText(key, item) ?? '') : (toText(key, given) ?? '').split(',').map((item) => item.trim());
    const list = items.filter((item) => item !== '');
    if (!list.every((item) => pattern.test(item))) throw wrong(key, `must be ${form}`);
    return list;
  };
}

export function asOneOf<T extends string>(choices: readonly [T, ...T[]]): Read<T> {
  return (key, given) => {
    const text = toText(key, given) ?? choices[0];
    const choice = choices.find((each) => each === text);
    if (choice === undefined) throw wrong(key, `must be ${choices.join(' or ')}`);
    return choice;
  };
}

interface NumberForm<T> {
  readonly fallback?: T;
  readonly isRight: (value: number) => boolean;
  readonly form: string;
}

/** Without a fallback, undefined where it is not given. */
export function asNumber<T extends number | undefined = undefined>({ fallback, isRight, form }: NumberForm<T>): Read<number | T> {
  return (key, given) => {
    const text = toText(key, given);
    if (text === undefined) return fallback as T;
    const value = Number(text);
    if (!isRight(value)) throw wrong(key, `must be ${form}`);
    return value;
  };
}
