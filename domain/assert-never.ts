// The last word of every switch: a case that was forgotten does not compile.

/** Throws; reached only when a value lies outside its type. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
