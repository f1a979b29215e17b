// GET of Jobs. They are derived from Deployments: nobody creates, changes or deletes one through the API.
import { getJobById, idFilter } from './find.ts';
import type { Handler } from './handler.ts';
import { toTimestamp } from './instants.ts';
import { listPages, newestFirst, toTimePage } from './paging.ts';
import { presentJob } from './present-job.ts';
import { toList } from './to-list.ts';

export const listJobs: Handler<'listJobs'> = ({ params: { namespace }, query }, { store }) =>
  listPages({
    kind: 'Job',
    namespace,
    query,
    ...newestFirst,
    read: (page) => store.jobs.list(store.read, namespace, { ...idFilter(query), page: toTimePage(page) }),
    present: (jobs) => jobs.map(presentJob),
  });

export const getJob: Handler<'getJob'> = async ({ params }, deps) => {
  return { code: 200, body: presentJob(await getJobById(deps, params.namespace, params.jobId)) };
};

export const listJobExceptions: Handler<'listJobExceptions'> = async ({ params }, deps) => {
  const { exceptions = [] } = await getJobById(deps, params.namespace, params.jobId);
  return {
    code: 200,
    body: toList(
      'JobException',
      exceptions.map(({ at, ...rest }) => ({ ...rest, at: toTimestamp(at) })),
    ),
  };
};
