// Changes of Deployments' states that nobody was told of yet. Written by the transaction that changes the state, removed by whoever told of them: what
// is told twice has the same id.
import { sql } from 'kysely';
import type { DeploymentId, StateChangeId } from '../domain/ids.ts';
import type { StateChange } from '../domain/state-change.ts';
import { clockNow, present, toText } from './columns.ts';
import type { Tx } from './tables.ts';

export interface StateChanges {
  oldest(tx: Tx, limit: number): Promise<readonly StateChange[]>;
  remove(tx: Tx, ids: readonly StateChangeId[]): Promise<void>;
}

export function createStateChanges(): StateChanges {
  return {
    async oldest(tx, limit) {
      const rows = await tx.selectFrom('stateChange').selectAll().orderBy('changedAt').orderBy('id').limit(limit).execute();
      return rows.map(({ changedAt, fromState, toState, ...row }) => present({ ...row, at: changedAt, from: fromState, to: toState }));
    },
    async remove(tx, ids) {
      if (ids.length > 0) await tx.deleteFrom('stateChange').where('id', 'in', ids).execute();
    },
  };
}

/** What the row becomes; `state` is absent where it is deleted. */
export interface NewState {
  readonly id: StateChangeId;
  readonly deployment: DeploymentId;
  readonly state?: string;
  readonly because: string;
}

/** Of the row as it is before its change. Notes nothing where the state stays. */
export async function noteStateChange(tx: Tx, { id, deployment, state, because }: NewState): Promise<void> {
  await sql`
    insert into state_change (id, changed_at, namespace, deployment_id, name, from_state, to_state, because, spec_version)
    select ${id}, ${clockNow}, namespace, id, name, status->>'state', ${state ?? null}, ${toText(because)}, spec_version
    from deployment where id = ${deployment} and status->>'state' is distinct from ${state ?? null}`.execute(tx);
}

/** Of a row that was just made. */
export async function noteCreation(tx: Tx, { id, deployment }: Pick<NewState, 'id' | 'deployment'>): Promise<void> {
  await sql`
    insert into state_change (id, changed_at, namespace, deployment_id, name, from_state, to_state, because, spec_version)
    select ${id}, ${clockNow}, namespace, id, name, null, status->>'state', status->>'because', spec_version
    from deployment where id = ${deployment}`.execute(tx);
}
