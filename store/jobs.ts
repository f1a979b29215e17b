// Jobs: one row per attempt, never reused. A terminal Job is history: nothing but what was last seen of it may change.
import { type SqlBool, sql } from 'kysely';
import type { JobRun } from '../domain/consumption.ts';
import type { DeploymentId, JobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import { spellingsOf } from '../domain/location.ts';
import { clockNow, newResource, present, toDocument, toText, toTimestamp } from './columns.ts';
import type { JobChange, Jobs, NewJob } from './store.ts';
import type { Tx } from './tables.ts';

/** How many terminal Jobs of a Deployment a decision sees. */
const NEWEST_TERMINAL = 100;

const NOT_STARTED = {
  state: 'STARTING',
  submit: 'NOT_YET',
  openCalls: 0,
  collected: false,
  stable: false,
  restoreChecked: false,
  hadState: false,
} as const;

/** Of a template only what says how much was ordered: the rest may be long. */
const ordered = sql<JobRun['template']>`jsonb_strip_nulls(jsonb_build_object('spec', jsonb_build_object(
  'parallelism', template #> '{spec,parallelism}', 'numberOfTaskManagers', template #> '{spec,numberOfTaskManagers}', 'resources', template #> '{spec,resources}',
  'flinkConfiguration', jsonb_build_object('taskmanager.numberOfTaskSlots', template #> '{spec,flinkConfiguration,taskmanager.numberOfTaskSlots}'))))`.as(
  'template',
);

/** Literal, as in the partial index that answers it. */
const isLive = sql<SqlBool>`job.state in ('STARTING', 'STARTED', 'TERMINATING')`;

export const jobs: Jobs = {
  findById,
  async find(tx, namespace, id) {
    const job = await findById(tx, id);
    return job?.namespace === namespace ? job : undefined;
  },
  async list(tx, namespace, filter) {
    const inNamespace = newestFirst(tx).where('namespace', '=', toText(namespace));
    const query = filter?.deploymentId ? inNamespace.where('deploymentId', '=', filter.deploymentId) : inNamespace;
    return (await query.execute()).map(present);
  },
  ofDeployment,
  async live(tx) {
    return (await newestFirst(tx).where(isLive).where('submit', '!=', 'NOT_YET').execute()).map(present);
  },
  async endedOnSessionClusters(tx, withinMs) {
    const recently = sql<SqlBool>`terminated_at > (select ${clockNow}) - ${withinMs} * interval '1 millisecond'`;
    return (await newestFirst(tx).where(recently).where(sql<SqlBool>`place->>'kind' = 'session'`).execute()).map(present);
  },
  async liveOnSessionCluster(tx, id) {
    const there = sql<SqlBool>`place->>'sessionClusterId' = ${id}`;
    return (await newestFirst(tx).where(isLive).where(there).execute()).map(present);
  },
  async ranBetween(tx, from, to) {
    const ran = sql<SqlBool>`started_at < ${toTimestamp(to)} and (terminated_at is null or terminated_at > ${toTimestamp(from)})`;
    const query = tx.selectFrom('job').select(['namespace', 'deploymentName', 'deploymentId', 'place', 'startedAt', 'terminatedAt', ordered]);
    return (await query.where(ran).execute()).map(present);
  },
  async liveFrom(tx, location) {
    const from = sql<SqlBool>`restore->>'location' in (${sql.join(spellingsOf(location))})`;
    return (await newestFirst(tx).where(isLive).where(from).execute()).map(present);
  },
  insert,
  change,
  async prune(tx, deploymentId, { keep, except }) {
    const surplus = sql`select id from job where deployment_id = ${deploymentId} and not ${isLive} and not (id = any(${[...except]}::uuid[]))
      order by created_at desc, id desc offset ${keep}`;
    await sql`insert into deleted_job (id, deleted_at) ${sql`select id, ${clockNow} from (${surplus}) as surplus`} on conflict (id) do nothing`.execute(tx);
    const deleted = await sql`delete from job where id in (${surplus}) returning id`.execute(tx);
    return deleted.rows.length;
  },
  async unforgotten(tx, limit) {
    return (await tx.selectFrom('deletedJob').select('id').where('forgotten', '=', false).orderBy('deletedAt').limit(limit).execute()).map(({ id }) => id);
  },
  async forgotten(tx, id) {
    await tx.updateTable('deletedJob').set({ forgotten: true }).where('id', '=', id).execute();
  },
  async specVersions(tx, ids) {
    const rows = await tx
      .selectFrom('job')
      .select(['id', 'specVersion'])
      .where(sql<SqlBool>`id = any(${[...new Set(ids)]}::uuid[])`)
      .execute();
    return new Map(rows.map(({ id, specVersion }) => [id, specVersion]));
  },
  async wasEverKnown(tx, id) {
    const known = await sql`select id from job where id = ${id} union all select id from deleted_job where id = ${id}`.execute(tx);
    return known.rows.length > 0;
  },
};

function newestFirst(tx: Tx) {
  return tx.selectFrom('job').selectAll().orderBy('createdAt', 'desc').orderBy('id', 'desc');
}

async function findById(tx: Tx, id: JobId): Promise<Job | undefined> {
  const row = await tx.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
  return row && present(row);
}

async function ofDeployment(tx: Tx, deploymentId: DeploymentId): Promise<readonly Job[]> {
  const newestTerminal = sql`
    select id from job where deployment_id = ${deploymentId} and not ${isLive} order by created_at desc, id desc limit ${NEWEST_TERMINAL}`;
  const wanted = sql<SqlBool>`(${isLive} or id in (${newestTerminal}))`;
  return (await newestFirst(tx).where('deploymentId', '=', deploymentId).where(wanted).execute()).map(present);
}

async function insert(tx: Tx, job: NewJob): Promise<Job> {
  const { restore, ...rest } = job;
  const row = await tx
    .insertInto('job')
    .values({
      ...rest,
      template: toDocument(job.template),
      place: toDocument(job.place),
      flinkConfiguration: toDocument(job.flinkConfiguration),
      ...(restore && { restore: toDocument(restore) }),
      ...NOT_STARTED,
      ...newResource,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return present(row);
}

async function change(tx: Tx, id: JobId, change: JobChange): Promise<Job> {
  const query = tx
    .updateTable('job')
    .set((eb) => ({ ...toColumns(change), resourceVersion: eb('resourceVersion', '+', 1), modifiedAt: clockNow }))
    .where('id', '=', id)
    .returningAll();
  const onlySeen = Object.keys(change).every((key) => key === 'observed');
  const row = await (onlySeen ? query : query.where(isLive)).executeTakeFirst();
  if (!row) throw new Error(`Job ${id} does not exist or is terminal`);
  return present(row);
}

function toColumns({ artifact, end, failure, observed, newestCheckpoint, exceptions, startedAt, terminatedAt, voidSince, ...plain }: JobChange) {
  return {
    ...plain,
    newestCheckpoint: newestCheckpoint && toDocument(newestCheckpoint),
    exceptions: exceptions && toDocument(exceptions),
    voidSince: voidSince === undefined ? undefined : toTimestamp(voidSince),
    artifact: artifact && toDocument(artifact),
    end: end && toDocument(end),
    failure: failure && toDocument(failure),
    observed: observed && toDocument(observed),
    startedAt: startedAt === undefined ? undefined : toTimestamp(startedAt),
    terminatedAt: terminatedAt === undefined ? undefined : toTimestamp(terminatedAt),
  };
}
