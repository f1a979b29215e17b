// Finding what a request names. What does not exist, or cannot, is 404.
import { isUuid, parseId } from '../domain/ids.ts';
import type { Ids, JobId } from '../domain/ids.ts';
import type { Job } from '../domain/job.ts';
import type { FunctionDeps } from './deps.ts';
import { Problem } from './problem.ts';

/** The id in a path. A text that is no UUID is the id of nothing. */
export function idInPath<Kind extends keyof Ids>(text: string, kind: string): Ids[Kind] {
  if (!isUuid(text)) throw missing(kind, text);
  return parseId<Kind>(text);
}

export function missing(kind: string, key: string): Problem {
  return new Problem('notFound', `there is no ${kind} "${key}"`);
}

export function mustExist<T>(found: T | undefined, kind: string, key: string): T {
  if (found === undefined) throw missing(kind, key);
  return found;
}

/** A PUT to an id creates nothing, unless its body says that the id is meant as a name. */
export function refuseUnknownId(kind: string, key: string, { name }: { readonly name?: string }): void {
  if (isUuid(key) && name !== key) throw missing(kind, key);
}

interface Lookup<Kind extends keyof Ids, T> {
  readonly namespace: string;
  readonly byId: (id: Ids[Kind]) => Promise<T | undefined>;
  readonly byName: (name: string) => Promise<T | undefined>;
}

/** What a path names: a UUID is looked up as an id first, then as a name. */
export async function findByKey<Kind extends keyof Ids, T extends { readonly namespace: string }>(
  key: string,
  lookup: Lookup<Kind, T>,
): Promise<T | undefined> {
  const byId = isUuid(key) ? await lookup.byId(parseId<Kind>(key)) : undefined;
  return byId?.namespace === lookup.namespace ? byId : lookup.byName(key);
}

export async function getJobById({ store }: Pick<FunctionDeps, 'store'>, namespace: string, text: string): Promise<Job> {
  const id: JobId = idInPath<'JobId'>(text, 'Job');
  return mustExist(await store.jobs.find(store.read, namespace, id), 'Job', text);
}

interface IdQuery {
  readonly deploymentId?: string;
  readonly jobId?: string;
  readonly sessionClusterId?: string;
}

type IdFilter = { readonly [Key in keyof IdQuery]: Ids[Capitalize<Key>] };

/** The ids of a query, which its schema has found to be UUIDs. */
export function idFilter(query: IdQuery): IdFilter {
  return {
    ...(query.deploymentId === undefined ? {} : { deploymentId: parseId<'DeploymentId'>(query.deploymentId) }),
    ...(query.jobId === undefined ? {} : { jobId: parseId<'JobId'>(query.jobId) }),
    ...(query.sessionClusterId === undefined ? {} : { sessionClusterId: parseId<'SessionClusterId'>(query.sessionClusterId) }),
  };
}
