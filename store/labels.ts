// Labels of every resource that has some, one row each. Owns the table `label`; its rows are read together with their resource.
import { type SqlBool, sql } from 'kysely';
import { toText } from './columns.ts';
import type { Tx } from './tables.ts';

export type Labels = Readonly<Record<string, string>>;
type Labelled = 'deployment' | 'deploymentTarget' | 'secretValue' | 'sessionCluster';

/** The labels of each selected row of `table`, as a column named `labels`. */
export function labelsOf(table: Labelled) {
  return sql<Labels>`(select coalesce(jsonb_object_agg(key, value), '{}') from label where resource_id = ${sql.ref(`${table}.id`)})`.as('labels');
}

/** True for rows of `table` that have every one of these labels. */
export function hasLabels(table: Labelled, labels: Labels) {
  const id = sql.ref(`${table}.id`);
  const tests = Object.entries(labels).map(
    ([key, value]) => sql`exists (select from label where resource_id = ${id} and key = ${toText(key)} and value = ${toText(value)})`,
  );
  return sql<SqlBool>`(${sql.join([sql`true`, ...tests], sql` and `)})`;
}

/** Replaces all labels of a resource. */
export async function replaceLabels(tx: Tx, resourceId: string, labels: Labels): Promise<void> {
  await deleteLabels(tx, resourceId);
  const rows = Object.entries(labels).map(([key, value]) => ({ resourceId, key: toText(key), value: toText(value) }));
  if (rows.length > 0) await tx.insertInto('label').values(rows).execute();
}

export async function deleteLabels(tx: Tx, resourceId: string): Promise<void> {
  await tx.deleteFrom('label').where('resourceId', '=', resourceId).execute();
}
