// What rows of group A ask the plan before they act. Plays nothing.
import type { DeploymentPlanDocument } from '../../../domain/deployment-plan.schema.ts';
import type { SavepointDocument } from '../../../domain/savepoint.schema.ts';
import type { Actor } from '../stage/stage.ts';
import { untilSeen } from '../stage/waiting.ts';

const PATIENCE = { limitMs: 60_000, everyMs: 200 };

/** The plan of an edit of the spec that is not made. */
export async function foretold(deployment: Actor, spec: object): Promise<DeploymentPlanDocument> {
  const { status, body } = await deployment.ask('PATCH', '?dryRun=true', { spec });
  if (status !== 200) throw new Error(`the dry run: ${status} ${JSON.stringify(body)}`);
  return body as DeploymentPlanDocument;
}

/** The plan of that edit as soon as it looks like that: it rests on what was last seen of Flink, which may be nothing for a moment. */
export function foretoldWith(deployment: Actor, spec: object, accepts: (plan: DeploymentPlanDocument) => boolean): Promise<DeploymentPlanDocument> {
  return untilSeen(PATIENCE, { what: 'for the plan', look: () => foretold(deployment, spec), accepts });
}

export const reasonsOf = (told: readonly { readonly reason: string }[]): readonly string[] => told.map(({ reason }) => reason);

/** Some other template. */
export const ANOTHER = { template: { spec: { artifact: { mainArgs: '--version 100' } } } };

/** What a user asks for, and gets. */
export async function takesSavepoint(deployment: Actor): Promise<SavepointDocument> {
  const before = (await deployment.savepoints({ origin: 'USER_REQUEST' })).length;
  await deployment.askForSavepoint();
  const all = await deployment.untilSavepoints('for the savepoint that was asked for', (savepoints) => {
    const asked = savepoints.filter(({ metadata }) => metadata.origin === 'USER_REQUEST');
    return asked.length > before && asked.every(({ status }) => status.state === 'COMPLETED');
  });
  const taken = all.findLast(({ metadata }) => metadata.origin === 'USER_REQUEST');
  if (taken === undefined) throw new Error('seen, and not there');
  return taken;
}

/** Settles soon after a checkpoint, so that what drey knows of it can be waited for. */
export const LOOKS_OFTEN = { stableAfterMs: 1000 };
