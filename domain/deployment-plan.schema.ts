// DeploymentPlan: what drey would do with a Deployment, told before it is done. An answer only; nobody sends one.
import * as z from 'zod';
import { CHANGE_CLASSES } from './deployment-change.ts';
import { document, timestamp } from './envelope.schema.ts';

const told = { reason: z.string().meta({ description: 'For programs' }), message: z.string().meta({ description: 'For people' }) };

const differenceSchema = z
  .object({
    path: z.string().meta({ example: 'spec.template.spec.parallelism' }),
    before: z.unknown().optional().meta({ description: 'Left out where the field was not there' }),
    after: z.unknown().optional().meta({ description: 'Left out where the field goes' }),
  })
  .meta({ id: 'DeploymentPlanDifference' });

const stepSchema = z
  .object({
    number: z.number().int().meta({ description: 'Counted from 1; sentences refer to it' }),
    kind: z.string().meta({ description: 'As Temporal shows it', example: 'stopWithSavepoint' }),
    because: z.string(),
    jobId: z.guid().optional().meta({ description: 'Left out for a Job that does not exist yet' }),
    savepointId: z.guid().optional().meta({ description: 'Left out for a Savepoint that does not exist yet' }),
    forMs: z.number().optional().meta({ description: 'Of a pause: how long it lasts' }),
  })
  .meta({ id: 'DeploymentPlanStep' });

const restoreSchema = z
  .object({
    savepointId: z.guid().optional().meta({ description: 'Left out for a Savepoint that does not exist yet' }),
    takenInStep: z.number().int().optional().meta({ description: 'The step that takes or finds it, where it does not exist yet' }),
    origin: z.enum(['USER_REQUEST', 'SUSPEND', 'COPIED', 'RETAINED_CHECKPOINT']),
    location: z.string().optional().meta({ description: 'Left out where it is not known yet' }),
    capturedAt: timestamp,
    ageSeconds: z.number().int().meta({ description: 'How old the state is when the Job starts: what came since is processed again' }),
    why: z.string(),
  })
  .meta({ id: 'DeploymentPlanRestore' });

const stateSafeSchema = z.object({ status: z.enum(['True', 'False', 'Unknown']), ...told }).meta({ id: 'DeploymentPlanStateSafe' });

export const deploymentPlanSchema = document('DeploymentPlan', {
  metadata: z
    .object({
      namespace: z.string(),
      name: z.string(),
      deploymentId: z.guid().optional().meta({ description: 'Left out for a Deployment that does not exist yet' }),
      createdAt: timestamp,
    })
    .meta({ id: 'DeploymentPlanMetadata' }),
  diff: z.array(differenceSchema).meta({
    description: 'Of a dry run: from what is stored to what is wanted. Else: from what the live Job runs to what the spec wants; empty without one',
  }),
  change: z.enum(CHANGE_CLASSES).meta({
    description:
      'none: nothing; create: a new Deployment; relabel: metadata, strategies or limits, which move no Job; state: the desired state; ' +
      'upgrade: what a Job runs or where, so that a running one is replaced as the upgradeStrategy says',
  }),
  steps: z.array(stepSchema).meta({ description: 'What would be done, in order, if every step works' }),
  restore: restoreSchema.nullable().meta({ description: 'What the Job that the steps start is restored from; null: none starts, or without state' }),
  endsIn: z.enum(['RUNNING', 'SUSPENDED', 'CANCELLED', 'TRANSITIONING', 'FAILED', 'FINISHED']),
  because: z.string().meta({ description: 'Why it ends there' }),
  blocks: z.array(z.object(told)).meta({ description: 'What keeps it from what the spec wants; the reason is that of the condition UpToDate' }),
  warnings: z.array(z.object(told)).meta({ description: 'What happens as it was asked for, and may surprise' }),
  stateSafe: z
    .object({ before: stateSafeSchema, after: stateSafeSchema })
    .meta({ description: 'The condition StateSafe under the wanted spec, before the first step and after the last' }),
});

export type DeploymentPlanDocument = z.output<typeof deploymentPlanSchema>;
