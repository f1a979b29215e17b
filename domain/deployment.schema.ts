// Deployment as users write it (`vvp-fields.tsv`; vvp.md §1.2). Optional fields are filled in by defaults.ts afterwards.
import * as z from 'zod';
import { desiredState, duration, positiveInt, slugName, textMap, upper } from './scalar.schema.ts';
import { templateSchema } from './template.schema.ts';

const upgradeStrategySchema = z.strictObject({ kind: upper(['NONE', 'STATELESS', 'STATEFUL']) }).meta({ id: 'DeploymentUpgradeStrategy' });

const restoreStrategySchema = z.strictObject({
  kind: upper(['NONE', 'LATEST_SAVEPOINT', 'LATEST_STATE']),
  allowNonRestoredState: z.boolean().optional(),
}).meta({ id: 'DeploymentRestoreStrategy' });

export const deploymentSpecSchema = z.strictObject({
  state: desiredState.optional(),
  upgradeStrategy: upgradeStrategySchema.optional(),
  restoreStrategy: restoreStrategySchema.optional(),
  maxSavepointCreationAttempts: positiveInt.optional(),
  maxJobCreationAttempts: positiveInt.optional(),
  jobFailureExpirationTime: duration.optional(),
  deploymentTargetId: z.uuid().optional(),
  deploymentTargetName: z.string().optional(),
  sessionClusterName: z.string().optional(),
  template: templateSchema,
}).meta({ id: 'DeploymentSpec' });

/** What a user may set in `metadata`; server-owned keys are dropped before this is asked (D6). */
export const deploymentMetadataSchema = z.strictObject({
  name: slugName.optional(),
  displayName: z.string().max(1000).optional(),
  namespace: z.string().optional(),
  labels: textMap.optional(),
  annotations: textMap.optional(),
}).meta({ id: 'DeploymentMetadata' });

/** A spec as a user sent it, after parsing and before the defaults. */
export type DeploymentSpecInput = z.output<typeof deploymentSpecSchema>;
