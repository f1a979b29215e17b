// SecretValue as users write it and as it is answered (vvp.md §1.8, D18). The kind `Plain` is matched in any letter case and answered as `Plain`.
import * as z from 'zod';
import { document, inputDocument, listOf, namedIdentity, namedMetadata } from './envelope.schema.ts';
import { fields, shortText, wideName } from './scalar.schema.ts';
import type { Exact } from './scalar.schema.ts';

/** A key or a certificate with its chain; what is larger is no secret value. */
const MAX_LENGTH = 65_536;

const KIND = 'Plain';

function plainKind(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('kind' in value) || typeof value.kind !== 'string') return value;
  return value.kind.toLowerCase() === KIND.toLowerCase() ? { ...value, kind: KIND } : value;
}

export const secretValueSpecSchema = z
  .preprocess(plainKind, fields({ kind: z.literal(KIND, { error: `must be ${KIND}` }), value: shortText(MAX_LENGTH) }))
  .meta({ id: 'SecretValueSpec' });

export const secretValueInputSchema = inputDocument({
  kind: 'SecretValue',
  metadata: fields(namedMetadata(wideName)).optional(),
  spec: secretValueSpecSchema,
});

export const secretValueSchema = document('SecretValue', {
  metadata: z.object(namedIdentity).meta({ id: 'SecretValueMetadata' }),
  /** Without a value when it was encrypted with a key that is not configured. */
  spec: z.object({ kind: z.literal(KIND), value: z.string().optional() }).meta({ id: 'SecretValueSpecAnswer' }),
});

export const secretValueListSchema = listOf('SecretValue', secretValueSchema);

export const rotationSchema = z
  .object({
    /** Values, former ones included, that were encrypted again with the current key. */
    rotated: z.number().int(),
    /** Values that none of the configured keys decrypts: they are left as they are. */
    unreadable: z.number().int(),
  })
  .meta({ id: 'SecretValueRotation' });

export type SecretValueInput = Exact<z.output<typeof secretValueInputSchema>>;
export type SecretValueDocument = z.output<typeof secretValueSchema>;
