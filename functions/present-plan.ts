// DeploymentPlan as users see it. Ids of rows that are only supposed are told by the number of the step that makes them. Changes nothing.
import type { DeploymentChange } from '../domain/deployment-change.ts';
import type { DeploymentPlanDocument } from '../domain/deployment-plan.schema.ts';
import type { Deployment } from '../domain/deployment.ts';
import { TO_COME } from '../domain/expected.ts';
import type { Foreseen, Foresight } from '../domain/foresee.ts';
import { foreseenStart, noticesOf } from '../domain/foreseen-start.ts';
import type { Instant } from '../domain/instant.ts';
import { toTimestamp } from './instants.ts';
import { pathOf } from './path-of.ts';

export interface DeploymentPlan extends DeploymentChange {
  readonly deployment: Deployment;
  readonly foresight: Foresight;
  readonly now: Instant;
}

/** `warnings`: sentences about the spec. */
export function presentPlan(plan: DeploymentPlan, warnings: readonly string[]): DeploymentPlanDocument {
  const { deployment, foresight, change } = plan;
  const { namespace, name, id } = deployment;
  const { toCome, because, blocks } = foresight;
  const clear = <T extends { readonly message: string }>(told: T): T => ({ ...told, message: inWords(told.message, toCome) });
  const spec = warnings.map((message) => ({ reason: 'SPEC', message }));
  return {
    kind: 'DeploymentPlan',
    apiVersion: 'v1',
    metadata: { namespace, name, ...(change === 'create' ? {} : { deploymentId: id }), createdAt: toTimestamp(plan.now) },
    diff: plan.diff.map(({ path, ...sides }) => ({ path: pathOf(path) ?? '', ...sides })),
    change,
    steps: foresight.steps.map((step, i) => presentStep(step, i + 1, toCome)),
    restore: presentRestore(foresight),
    endsIn: foresight.endsIn,
    because: inWords(because, toCome),
    blocks: blocks.map(clear),
    warnings: [...noticesOf(foresight).map(clear), ...spec],
    stateSafe: presentStateSafe(foresight),
  };
}

type ToCome = Foresight['toCome'];

function inWords(text: string, toCome: ToCome): string {
  return [...toCome].reduce((told, [id, step]) => told.replaceAll(id, `of step ${step}`), text);
}

function presentStep({ step }: Foreseen, number: number, toCome: ToCome): DeploymentPlanDocument['steps'][number] {
  return {
    number,
    kind: step.kind,
    because: inWords(step.because, toCome),
    ...('jobId' in step && !toCome.has(step.jobId) ? { jobId: step.jobId } : {}),
    ...('savepointId' in step && !toCome.has(step.savepointId) ? { savepointId: step.savepointId } : {}),
    ...(step.kind === 'pause' ? { forMs: step.forMs } : {}),
  };
}

function presentRestore(foresight: Foresight): DeploymentPlanDocument['restore'] {
  const start = foreseenStart(foresight);
  if (start === undefined) return null;
  const { id, origin, location, capturedAt } = start.savepoint;
  const takenInStep = foresight.toCome.get(id);
  return {
    ...(takenInStep === undefined ? { savepointId: id } : { takenInStep }),
    origin,
    ...(location === undefined || location === TO_COME ? {} : { location }),
    capturedAt: toTimestamp(capturedAt),
    ageSeconds: Math.floor(start.ageMs / 1000),
    why: start.why,
  };
}

function presentStateSafe({ stateSafe, toCome }: Foresight): DeploymentPlanDocument['stateSafe'] {
  const present = ({ status, reason, message }: Foresight['stateSafe']['before']) => ({ status, reason, message: inWords(message, toCome) });
  return { before: present(stateSafe.before), after: present(stateSafe.after) };
}
