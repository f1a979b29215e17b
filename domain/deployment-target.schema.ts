// DeploymentTarget as users write it and as it is answered (vvp.md §1.6, D3).
import * as z from 'zod';
import { document, inputDocument, listOf, namedIdentity, namedMetadata } from './envelope.schema.ts';
import { fields, wideName, word } from './scalar.schema.ts';
import type { Exact } from './scalar.schema.ts';

export const deploymentTargetSpecSchema = fields({
  kubernetes: fields({ namespace: word.min(1).max(63) }).optional(),
  local: fields({}).optional(),
})
  .refine((spec) => (spec.kubernetes === undefined) !== (spec.local === undefined), {
    error: 'must have exactly one of kubernetes: {namespace} and local: {}',
  })
  .meta({ id: 'DeploymentTargetSpec' });

export const deploymentTargetInputSchema = inputDocument({
  kind: 'DeploymentTarget',
  metadata: fields(namedMetadata(wideName)).optional(),
  spec: deploymentTargetSpecSchema,
});

export const deploymentTargetSchema = document('DeploymentTarget', {
  metadata: z.object(namedIdentity).meta({ id: 'DeploymentTargetMetadata' }),
  spec: deploymentTargetSpecSchema,
});

export const deploymentTargetListSchema = listOf('DeploymentTarget', deploymentTargetSchema);

export type DeploymentTargetInput = Exact<z.output<typeof deploymentTargetInputSchema>>;
export type DeploymentTargetDocument = z.output<typeof deploymentTargetSchema>;
