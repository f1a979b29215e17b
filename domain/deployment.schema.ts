// Deployment as users write it and as it is answered (`vvp-fields.tsv`; vvp.md §1.2). Optional fields are filled in by defaults.ts.
import * as z from 'zod';
import { document, inputDocument, listOf, namedIdentity, namedMetadata, timestamp } from './envelope.schema.ts';
import { desiredState, duration, fields, kindOf, positiveInt, slugName, textMap, uuid, wideName } from './scalar.schema.ts';
import { KEEP_KEYS, parseKeep } from './retention.ts';
import type { Exact } from './scalar.schema.ts';
import { templateSchema } from './template.schema.ts';

const upgradeStrategySchema = fields({ kind: kindOf(['NONE', 'STATELESS', 'STATEFUL']) }).meta({ id: 'DeploymentUpgradeStrategy' });

export const restoreStrategySchema = fields({
  kind: kindOf(['NONE', 'LATEST_SAVEPOINT', 'LATEST_STATE']),
  allowNonRestoredState: z.boolean().optional(),
}).meta({ id: 'DeploymentRestoreStrategy' });

const PLACES = ['deploymentTargetName', 'deploymentTargetId', 'sessionClusterName'] as const;

/** All of a spec but the template. */
export const deploymentSpecFields = {
  state: desiredState.optional(),
  upgradeStrategy: upgradeStrategySchema.optional(),
  restoreStrategy: restoreStrategySchema.optional(),
  maxSavepointCreationAttempts: positiveInt.optional(),
  maxJobCreationAttempts: positiveInt.optional(),
  jobFailureExpirationTime: duration.optional(),
  deploymentTargetId: uuid.optional(),
  deploymentTargetName: wideName.optional(),
  sessionClusterName: slugName.optional(),
};

export function namesOnePlace(spec: Readonly<Partial<Record<(typeof PLACES)[number], unknown>>>): boolean {
  return PLACES.filter((place) => spec[place] !== undefined).length <= 1;
}
export const ONE_PLACE = { error: `must name only one of ${PLACES.join(', ')}` };

export const deploymentSpecSchema = fields({ ...deploymentSpecFields, template: templateSchema })
  .refine(namesOnePlace, ONE_PLACE)
  .meta({ id: 'DeploymentSpec' });

/** Annotations that tell drey how many Savepoints to keep are read as numbers; a mistake there would delete too much, or nothing. */
const annotationsSchema = textMap.superRefine((annotations, context) => {
  for (const key of KEEP_KEYS) {
    if (annotations[key] === undefined || parseKeep(annotations[key]) !== undefined) continue;
    context.addIssue({ code: 'custom', path: [key], message: 'must be a whole number from 1, for example "3"' });
  }
});

/** Long enough for a client that puts a whole SQL statement there (vvp.md §0). */
const MAX_DISPLAY_NAME = 100_000;

export const deploymentInputSchema = inputDocument({
  kind: 'Deployment',
  metadata: fields({
    ...namedMetadata(slugName),
    annotations: annotationsSchema.optional(),
    displayName: z.string().min(1).max(MAX_DISPLAY_NAME).optional(),
  }).optional(),
  spec: deploymentSpecSchema,
});

const conditionSchema = z
  .object({
    type: z.string(),
    status: z.enum(['True', 'False', 'Unknown']),
    message: z.string(),
    reason: z.string(),
    lastTransitionTime: timestamp,
    lastUpdateTime: timestamp,
  })
  .meta({ id: 'DeploymentCondition' });

const statusSchema = z
  .object({
    state: z.enum(['RUNNING', 'SUSPENDED', 'CANCELLED', 'TRANSITIONING', 'FAILED', 'FINISHED']),
    running: z.object({ jobId: z.guid(), transitionTime: timestamp, conditions: z.array(conditionSchema) }).optional(),
    /** drey's own: in every state; while RUNNING the same as in `running`. */
    conditions: z.array(conditionSchema),
  })
  .meta({ id: 'DeploymentStatus' });

export const deploymentSchema = document('Deployment', {
  metadata: z.object({ ...namedIdentity, displayName: z.string().optional() }).meta({ id: 'DeploymentMetadata' }),
  spec: deploymentSpecSchema,
  status: statusSchema,
});

export const deploymentListSchema = listOf('Deployment', deploymentSchema);

/** A Deployment beside the Kubernetes resource that made it, which drey does not have (vvp.md §1.16). */
export const deploymentWithCrSchema = z.object({ deployment: deploymentSchema }).meta({ id: 'DeploymentWithCr' });
export const deploymentsWithCrSchema = z.object({ items: z.array(deploymentWithCrSchema) }).meta({ id: 'DeploymentsWithCr' });

/** A spec as a user sent it, after parsing and before the defaults. */
export type DeploymentSpecInput = Exact<z.output<typeof deploymentSpecSchema>>;
export type DeploymentInput = Exact<z.output<typeof deploymentInputSchema>>;
export type DeploymentDocument = z.output<typeof deploymentSchema>;
