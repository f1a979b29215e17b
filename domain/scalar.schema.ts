// Scalars of the API: what is accepted, what is stored. Shared by every resource's schema.
import * as z from 'zod';
import { DURATION_FORM, parseDuration } from './durations.ts';

/** A mapping with these fields only; the error of an unknown one names the known ones (D6). */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `unknown field; known here are ${known === '' ? 'none' : known}` : undefined),
  });
}

/** What a schema puts out, with optional meaning absent: no parser of ours makes a field that is undefined. */
export type Exact<T> = T extends readonly (infer Item)[] ? Exact<Item>[] : T extends object ? { [Key in keyof T]: Exact<Exclude<T[Key], undefined>> } : T;

/** Text; a number or boolean is taken as its own text. (That `1.10` stays "1.10" is seen to where the body is parsed.) */
export const text = z
  .preprocess((value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value), z.string())
  .meta({ type: 'string' });

/** Text of at most so many characters; the limit is published in the OpenAPI document. */
export function shortText(maxLength: number) {
  const error = `must be at most ${maxLength} characters long`;
  return z
    .preprocess((value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value), z.string().max(maxLength, { error }))
    .meta({ type: 'string', maxLength });
}

const ONE_LINE = { error: 'must not contain control characters' };
const isOneLine = (value: string): boolean => !/\p{Cc}/u.test(value);

/** A name or address that ends up in a path, a header, a property or a class loader: short, and in one line. */
const MAX_WORD = 1024;
const MAX_ADDRESS = 4096;
export const word = z.string().max(MAX_WORD).refine(isOneLine, ONE_LINE);
export const address = z.string().max(MAX_ADDRESS).refine(isOneLine, ONE_LINE);

/** An address that must be there; `error` is said where it is not. */
export function filledAddress(error?: string) {
  const words = error === undefined ? {} : { error };
  return z
    .string({ error: ({ code }) => (code === 'invalid_type' ? error : undefined) })
    .min(1, words)
    .max(MAX_ADDRESS)
    .refine(isOneLine, ONE_LINE);
}

/** A word; a number is taken as its own text. */
export const spelledWord = shortText(MAX_WORD).refine(isOneLine, ONE_LINE);

/** map<string,string> of the manual: values that are scalars become text. */
export const textMap = z.record(z.string().min(1), text);

export function shortTextMap(maxProperties: number) {
  const error = `must have at most ${maxProperties} entries`;
  return textMap.refine((map) => Object.keys(map).length <= maxProperties, { error }).meta({ maxProperties });
}

/** An enum matched in any letter case and stored in upper case (vvp.md §1.1). */
export function upper<const Names extends readonly [string, ...string[]]>(names: Names): z.ZodType<Names[number], unknown> {
  const error = (issue: { readonly input?: unknown }): string => `${issue.input === undefined ? 'missing; it ' : ''}must be one of ${names.join(', ')}`;
  return z.preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(names, { error })) as never;
}

/** The discriminator of a strategy. */
export function kindOf<const Names extends readonly [string, ...string[]]>(names: Names): z.ZodType<Names[number], unknown> {
  const error = (issue: { readonly input?: unknown }): string =>
    `${issue.input === undefined ? "missing type id property 'kind'; it " : ''}must be one of ${names.join(', ')}`;
  return z.preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(names, { error })) as never;
}

/** A desired state: `CANCELED` means `CANCELLED` (D1). */
export const desiredState = z.preprocess(
  (value) => {
    if (typeof value !== 'string') return value;
    const name = value.toUpperCase();
    return name === 'CANCELED' ? 'CANCELLED' : name;
  },
  z.enum(['RUNNING', 'SUSPENDED', 'CANCELLED']),
);

export const duration = text.refine((value) => parseDuration(value) !== undefined, { error: `must be ${DURATION_FORM}` });

const MAX_INT32 = 2_147_483_647;

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?(e[-+]?\d{1,3})?$/i.test(value) ? Number(value) : value;
}

/** An int32; digits in a string are accepted, as clients send them. */
export function int32(least: number, most = MAX_INT32) {
  return z.preprocess(toNumber, z.number().int().min(least).max(most));
}

export const positiveInt = int32(1);

/** What Flink itself takes at most as a parallelism; no job needs more TaskManagers. */
export const parallelism = int32(1, 32_768);

/** CPU cores, a number or its text. */
export const cpu = z.preprocess(toNumber, z.number().positive().max(10_000));

/** A memory size as the manual writes it: `1g`, `1G`, `1.5g`, `2048m`, with an optional `i` or `b` at the end. */
export const memory = text
  .refine((value) => /^(?=.*[1-9])\d{1,15}(\.\d{1,6})?\s?[kmgt]?i?b?$/i.test(value), {
    error: 'must be a memory size above 0, for example "1g", "1.5G" or "2048m"',
    abort: true,
  })
  .refine((value) => bytesOf(value) <= MAX_MEMORY, { error: 'must be at most 64 TiB' });

const MAX_MEMORY = 64 * 1024 ** 4;

function bytesOf(memory: string): number {
  const unit = /[kmgt]/i.exec(memory)?.[0].toLowerCase() ?? '';
  return Number.parseFloat(memory) * 1024 ** ' kmgt'.indexOf(unit || ' ');
}

/** Name of a Deployment or SessionCluster (vvp.md §1.1). */
export const slugName = z.string().regex(/^[0-9a-z](?:[-0-9a-z]{0,61}[0-9a-z])?$/, {
  error: 'must be 1 to 63 characters of a-z, 0-9 and "-", and neither start nor end with "-"',
});

/** Name of a DeploymentTarget or SecretValue (vvp.md §1.1). */
export const wideName = z.string().regex(/^[-_0-9a-zA-Z]{1,250}$/, {
  error: 'must be 1 to 250 characters of a-z, A-Z, 0-9, "-" and "_"',
});

/** The name in the path of a PUT that creates. */
export const slugInPath = fields({ name: slugName });
export const wideNameInPath = fields({ name: wideName });

/** Any UUID, stored in lower case. */
export const uuid = z.guid({ error: 'must be a UUID, for example "4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c1"' }).toLowerCase();

/** A day that there is, and on which a computer may have run. */
export const day = z.iso
  .date({ error: 'must be a date such as "2026-01-31"' })
  .regex(/^(19[7-9]|2\d\d)/, { error: 'must be a date from 1970 to 2999' })
  .meta({ format: 'date' });

/** Any JSON object, kept as it is: the Kubernetes types that drey only passes on. */
export const anyObject = z.record(z.string(), z.unknown());
