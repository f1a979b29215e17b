// The platform API's own style (vvp.md §1.10, §1.11, §4.3): no envelope, names with a prefix, every resource wrapped in its kind.
import * as z from 'zod';
import { ROLES } from './access.ts';
import { withoutNulls } from './document.ts';
import { fields, word } from './scalar.schema.ts';

/** RFC 3339, UTC. */
const createTime = z.iso.datetime();

const slug = '[0-9a-z](?:[-0-9a-z]{0,61}[0-9a-z])?';

/** Name of a Namespace as bodies write it; paths leave the prefix out. */
export const namespaceName = z.string().regex(new RegExp(`^namespaces/${slug}$`), {
  error: 'must be "namespaces/" and 1 to 63 characters of a-z, 0-9 and "-", for example namespaces/staging',
});

export const apiTokenName = z.string().regex(new RegExp(`^namespaces/${slug}/apitokens/[-_0-9a-zA-Z]{1,250}$`), {
  error: 'must be "namespaces/<namespace>/apitokens/<token>", the token 1 to 250 characters of a-z, A-Z, 0-9, "-" and "_"',
});

const role = z.enum(ROLES);

/** Without flags: the OpenAPI document shows it as it stands here. */
const MEMBER = new RegExp(String.raw`^(?:(?:user|group):[^\s\u0000-\u001f\u007f-\u009f].{0,253}|system:authenticated)$`);

const roleBindings = z
  .array(
    fields({
      role,
      members: z
        .array(z.string().regex(MEMBER, { error: 'must be "user:<id>", "group:<name>" or "system:authenticated"' }))
        .max(1000, { error: 'must be at most 1000 members' }),
    }),
  )
  .max(100, { error: 'must be at most 100 role bindings' });

/** A resource as a client sends it: bare, or wrapped as it was answered; what is the server's is dropped. */
function sent<Shape extends z.core.$ZodLooseShape>(wrapper: string, shape: Shape, owned: readonly string[]) {
  const bare = (value: unknown): unknown => {
    const given = withoutNulls(value);
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
    const inner: unknown = wrapper in given ? (given as Record<string, unknown>)[wrapper] : given;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).filter(([key]) => !owned.includes(key)));
  };
  return z.preprocess(bare, fields(shape));
}

export const namespaceInputSchema = sent(
  'namespace',
  { name: namespaceName.optional(), roleBindings: roleBindings.optional(), previewSessionClusterName: word.max(63).optional() },
  ['createTime', 'lifecyclePhase'],
).meta({ id: 'NamespaceInput' });

export const namespaceSchema = z
  .object({
    name: z.string(),
    createTime,
    lifecyclePhase: z.enum(['LIFECYCLE_PHASE_ACTIVE', 'LIFECYCLE_PHASE_TERMINATING']),
    roleBindings: z.array(z.object({ role, members: z.array(z.string()) })),
    previewSessionClusterName: z.string(),
  })
  .meta({ id: 'Namespace' });

export const namespaceAnswerSchema = z.object({ namespace: namespaceSchema });
export const namespacesAnswerSchema = z.object({ namespaces: z.array(namespaceSchema) });

export const previewSessionClusterSchema = z.preprocess(
  withoutNulls,
  fields({ previewSessionClusterName: word.max(63) }).meta({ id: 'SetPreviewSessionClusterRequest' }),
);

export const apiTokenInputSchema = sent('apiToken', { name: apiTokenName, role }, ['createTime', 'secret']).meta({ id: 'ApiTokenInput' });

export const apiTokenSchema = z
  .object({
    name: z.string(),
    role,
    createTime,
    /** In the answer to its creation only. */
    secret: z.string().optional(),
  })
  .meta({ id: 'ApiToken' });

export const apiTokenAnswerSchema = z.object({ apiToken: apiTokenSchema });
export const apiTokensAnswerSchema = z.object({ apiTokens: z.array(apiTokenSchema) });

/** The body of an error of the platform API: gRPC's name of the code (vvp.md §4.3). */
export const platformErrorSchema = z.object({ code: z.string(), description: z.string(), cause: z.null(), ok: z.literal(false) }).meta({ id: 'PlatformError' });

export type NamespaceInput = z.output<typeof namespaceInputSchema>;
export type PlatformErrorBody = z.output<typeof platformErrorSchema>;
