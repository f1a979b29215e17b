// Scalars of the API: what is accepted, what is stored. Shared by every resource's schema.
import * as z from 'zod';
import { DURATION_FORM, parseDuration } from './durations.ts';

/** Text; a YAML or JSON number or boolean is taken as its own text (`1.12` stays "1.12"). */
export const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]).pipe(z.string()).meta({ type: 'string' });

/** map<string,string> of the manual: values that are scalars become text. */
export const textMap = z.record(z.string(), text);

/** An enum matched in any letter case and stored in upper case (vvp.md §1.1). */
export function upper<const Names extends readonly [string, ...string[]]>(names: Names): z.ZodType<Names[number], unknown> {
  return z.preprocess((value) => (typeof value === 'string' ? value.toUpperCase() : value), z.enum(names)) as never;
}

/** A desired state: `CANCELED` means `CANCELLED` (D1). */
export const desiredState = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  const name = value.toUpperCase();
  return name === 'CANCELED' ? 'CANCELLED' : name;
}, z.enum(['RUNNING', 'SUSPENDED', 'CANCELLED']));

export const duration = text.refine((value) => parseDuration(value) !== undefined, { error: `must be ${DURATION_FORM}` });

const MAX_INT32 = 2_147_483_647;

/** An int32 of at least 1; digits in a string are accepted, as clients send them. */
export const positiveInt = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value),
  z.number().int().min(1).max(MAX_INT32),
);

/** CPU cores, a number or its text. */
export const cpu = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,6}(\.\d{1,6})?$/.test(value) ? Number(value) : value),
  z.number().positive().max(10_000),
);

/** A memory size as the manual writes it: `1g`, `1G`, `1.5g`, `2048m`, with an optional `i` or `b` at the end. */
export const memory = text.refine((value) => /^\d{1,9}(\.\d{1,6})?\s?[kmgt]?i?b?$/i.test(value), {
  error: 'must be a memory size, for example "1g", "1.5G" or "2048m"',
});

/** Name of a Deployment or SessionCluster (vvp.md §1.1). */
export const slugName = z.string().regex(/^(?!-)[-0-9a-z]{1,63}(?<!-)$/, {
  error: 'must be 1 to 63 characters of a-z, 0-9 and "-", and neither start nor end with "-"',
});

/** Name of a DeploymentTarget or SecretValue (vvp.md §1.1). */
export const wideName = z.string().regex(/^[-_0-9a-zA-Z]{1,250}$/, {
  error: 'must be 1 to 250 characters of a-z, A-Z, 0-9, "-" and "_"',
});

/** Any JSON object, kept as it is: the Kubernetes types that drey only passes on. */
export const anyObject = z.record(z.string(), z.unknown());
