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
