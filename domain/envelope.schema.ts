// The envelope every resource of the AppManager API comes in (vvp.md §1.1): kind, apiVersion, metadata, spec, status.
import * as z from 'zod';
import { withoutNulls, withoutServerAnnotations, withoutServerOwned } from './document.ts';
import { fields, textMap } from './scalar.schema.ts';

/** RFC 3339, UTC, microseconds. */
export const timestamp = z.iso.datetime().meta({ example: '2022-01-23T18:51:47.845773Z' });

/** Metadata every answer has. */
export const identity = {
  id: z.guid(),
  namespace: z.string(),
  createdAt: timestamp,
  modifiedAt: timestamp,
  resourceVersion: z.number().int(),
};

/** Metadata of the kinds that have a name. */
export const namedIdentity = {
  ...identity,
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
};

/** Metadata a user may send for a kind that has a name. Server-owned keys are gone before this is asked. */
export function namedMetadata<Name extends z.ZodType>(name: Name) {
  return { name: name.optional(), namespace: z.string().optional(), labels: textMap.optional(), annotations: textMap.optional(), resourceVersion: version };
}

/** Asked for on PUT only (D10); what is no number counts as not given. */
const version = z
  .preprocess((value) => (typeof value === 'number' ? value : undefined), z.number().optional())
  .optional()
  .meta({ type: 'integer' });

export const failureSchema = z.object({ message: z.string(), reason: z.string(), failedAt: timestamp }).meta({ id: 'Failure' });

export interface InputParts<Metadata extends z.ZodType, Spec extends z.ZodType> {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: Spec;
  /** Takes off what is the server's. */
  readonly clean?: (value: unknown) => unknown;
}

function cleanNamed(value: unknown): unknown {
  return withoutServerAnnotations(withoutServerOwned(value));
}

/** A resource as a user sends it: `kind` and `apiVersion` may be left out; nulls, `status` and server-owned metadata are dropped (D6). */
export function inputDocument<Metadata extends z.ZodType, Spec extends z.ZodType>(parts: InputParts<Metadata, Spec>) {
  const { kind, metadata, spec, clean = cleanNamed } = parts;
  return z.preprocess(
    (value) => clean(withoutNulls(value)),
    fields({
      kind: z.literal(kind, { error: `must be ${kind}` }).optional(),
      apiVersion: z.literal('v1', { error: 'must be v1' }).optional(),
      metadata,
      spec,
    }).meta({ id: `${kind}Input` }),
  );
}

/** Empty, but for a page of a list that goes on. */
const listMetadata = z.object({ continue: z.string().optional() }).meta({ id: 'ResourceListMetadata' });

/** D5: `kind` is `<Kind>List`. */
export function listOf<Kind extends string, Item extends z.ZodType>(kind: Kind, item: Item) {
  return z
    .object({ kind: z.literal(`${kind}List` as const), apiVersion: z.literal('v1'), metadata: listMetadata, items: z.array(item) })
    .meta({ id: `ResourceListOf${kind}` });
}

export function document<Kind extends string, Shape extends z.core.$ZodLooseShape>(kind: Kind, shape: Shape) {
  return z.object({ kind: z.literal(kind), apiVersion: z.literal('v1'), ...shape }).meta({ id: kind });
}
