// The whole API as one table: method, path, what goes in, what comes out. Server, command line and browser read it; nothing else describes a route.
import * as z from 'zod';
import { deploymentPlanSchema } from './deployment-plan.schema.ts';
import { deploymentTargetInputSchema, deploymentTargetListSchema, deploymentTargetSchema } from './deployment-target.schema.ts';
import { deploymentDefaultsSchema, deploymentInputSchema, deploymentListSchema, deploymentSchema } from './deployment.schema.ts';
import { eventListSchema } from './event.schema.ts';
import { jobExceptionsSchema, jobListSchema, jobLogsSchema, jobSchema, logQuery } from './job.schema.ts';
import { paging, pagingSchema } from './paging.schema.ts';
import { uuid } from './scalar.schema.ts';
import type { Exact } from './scalar.schema.ts';
import { savepointInputSchema, savepointListSchema, savepointSchema } from './savepoint.schema.ts';
import { sessionClusterInputSchema, sessionClusterListSchema, sessionClusterSchema } from './session-cluster.schema.ts';
import { readinessSchema, reconcileSchema, statusSchema } from './system.schema.ts';

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Every `{name}` in it is a parameter. */
  readonly path: string;
  readonly about: string;
  /** All optional; parameters that are not named here are ignored. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** Of an answer that is text, not a document. */
  readonly media?: 'text/plain' | 'text/event-stream';
  /** Codes of success. */
  readonly codes: readonly (200 | 201 | 202 | 503)[];
}

const N = '/api/v1/namespaces/{namespace}';

/** A part of a resource, merged over the stored one (RFC 7396); the result is checked like a PUT. */
const patch = z.record(z.string(), z.unknown()).meta({ id: 'MergePatch' });

const labelSelector = z
  .string()
  .regex(/^$|^[^=,!<>\s]+=[^=,!<>\s]*(,[^=,!<>\s]+=[^=,!<>\s]*)*$/, { error: 'must be pairs like "env=staging,team=a"' })
  .optional();

/** With a strategy: the one that a start of this Deployment would use. */
const savepointQuery = z
  .object({
    ...paging,
    deploymentId: uuid.optional(),
    jobId: uuid.optional(),
    restoreStrategy: z.enum(['LATEST_STATE', 'LATEST_SAVEPOINT', 'NONE']).optional(),
  })
  .refine(({ deploymentId, restoreStrategy }) => restoreStrategy === undefined || deploymentId !== undefined, {
    path: ['deploymentId'],
    error: 'is missing; restoreStrategy asks for the next start of one Deployment',
  });

/** What an event is about. */
const eventQuery = { deploymentId: uuid.optional(), jobId: uuid.optional(), sessionClusterId: uuid.optional() };

/** A write that is only rehearsed: nothing is stored, the answer is the plan of what it would bring about. */
const dryRun = z.object({ dryRun: z.enum(['true', 'false'], { error: 'must be true or false' }).optional() });
const deploymentOrPlan = z.union([deploymentSchema, deploymentPlanSchema]);

// biome-ignore format: one route, one line
export const API = {
  listDeployments: { method: 'get', path: `${N}/deployments`, about: 'All Deployments of a namespace, by name', query: z.object({ ...paging, labelSelector }), answer: deploymentListSchema, codes: [200] },
  createDeployment: { method: 'post', path: `${N}/deployments`, about: 'Create a Deployment', query: dryRun, body: deploymentInputSchema, answer: deploymentOrPlan, codes: [200, 201] },
  getDeployment: { method: 'get', path: `${N}/deployments/{name}`, about: 'A Deployment, by name or id', answer: deploymentSchema, codes: [200] },
  replaceDeployment: { method: 'put', path: `${N}/deployments/{name}`, about: 'Create or replace a Deployment', query: dryRun, body: deploymentInputSchema, answer: deploymentOrPlan, codes: [200, 201] },
  patchDeployment: { method: 'patch', path: `${N}/deployments/{name}`, about: 'Change parts of a Deployment', query: dryRun, body: patch, answer: deploymentOrPlan, codes: [200] },
  deleteDeployment: { method: 'delete', path: `${N}/deployments/{name}`, about: 'Delete a Deployment that is cancelled or suspended', answer: deploymentSchema, codes: [200] },
  planDeployment: { method: 'get', path: '/drey/v1/namespaces/{namespace}/deployments/{name}/plan', about: 'What drey would do with a Deployment now: its steps, what would be restored, and what blocks', answer: deploymentPlanSchema, codes: [200] },

  listJobs: { method: 'get', path: `${N}/jobs`, about: 'Jobs, newest first', query: z.object({ ...paging, deploymentId: uuid.optional() }), answer: jobListSchema, codes: [200] },
  listJobExceptions: { method: 'get', path: '/drey/v1/namespaces/{namespace}/jobs/{jobId}/exceptions', about: 'Why a Job restarted or failed, newest first', answer: jobExceptionsSchema, codes: [200] },
  listJobLogs: { method: 'get', path: '/drey/v1/namespaces/{namespace}/jobs/{jobId}/logs', about: 'Log files of the processes that run or ran a Job', answer: jobLogsSchema, codes: [200] },
  getJobLog: { method: 'get', path: '/drey/v1/namespaces/{namespace}/jobs/{jobId}/logs/{process}/{file}', about: 'The end of a log file, or a part of it; X-Log-Offset, X-Log-Next-Offset and X-Log-Size say which', query: logQuery, answer: z.string(), media: 'text/plain', codes: [200] },
  getJob: { method: 'get', path: `${N}/jobs/{jobId}`, about: 'A Job', answer: jobSchema, codes: [200] },

  listSavepoints: { method: 'get', path: `${N}/savepoints`, about: 'Savepoints, newest first', query: savepointQuery, answer: savepointListSchema, codes: [200] },
  createSavepoint: { method: 'post', path: `${N}/savepoints`, about: 'Take a Savepoint of the running Job, or register one that exists', body: savepointInputSchema, answer: savepointSchema, codes: [201] },
  getSavepoint: { method: 'get', path: `${N}/savepoints/{savepointId}`, about: 'A Savepoint', answer: savepointSchema, codes: [200] },
  deleteSavepoint: { method: 'delete', path: `${N}/savepoints/{savepointId}`, about: 'Delete a Savepoint and its data; with force=true the Savepoint alone, at once', query: z.object({ force: z.enum(['true', 'false']).optional() }), answer: savepointSchema, codes: [200] },

  listEvents: { method: 'get', path: `${N}/events`, about: 'Events, newest first; with `after`, those behind that one, oldest first', query: z.object({ ...paging, ...eventQuery, after: uuid.optional() }), answer: eventListSchema, codes: [200] },
  watchEvents: { method: 'get', path: '/drey/v1/namespaces/{namespace}/events:watch', about: 'Events as they come, behind `after` or Last-Event-ID; ends by itself and is resumed', query: z.object({ ...eventQuery, after: uuid.optional() }), answer: z.string(), media: 'text/event-stream', codes: [200] },

  listDeploymentTargets: { method: 'get', path: `${N}/deployment-targets`, about: 'Deployment targets of a namespace', query: pagingSchema, answer: deploymentTargetListSchema, codes: [200] },
  createDeploymentTarget: { method: 'post', path: `${N}/deployment-targets`, about: 'Create a deployment target', body: deploymentTargetInputSchema, answer: deploymentTargetSchema, codes: [201] },
  getDeploymentTarget: { method: 'get', path: `${N}/deployment-targets/{name}`, about: 'A deployment target', answer: deploymentTargetSchema, codes: [200] },
  replaceDeploymentTarget: { method: 'put', path: `${N}/deployment-targets/{name}`, about: 'Create a deployment target, or replace its metadata', body: deploymentTargetInputSchema, answer: deploymentTargetSchema, codes: [200, 201] },
  deleteDeploymentTarget: { method: 'delete', path: `${N}/deployment-targets/{name}`, about: 'Delete a deployment target that nothing refers to', answer: deploymentTargetSchema, codes: [200] },

  listSessionClusters: { method: 'get', path: `${N}/sessionclusters`, about: 'Session clusters of a namespace', query: pagingSchema, answer: sessionClusterListSchema, codes: [200] },
  createSessionCluster: { method: 'post', path: `${N}/sessionclusters`, about: 'Create a session cluster', body: sessionClusterInputSchema, answer: sessionClusterSchema, codes: [201] },
  getSessionCluster: { method: 'get', path: `${N}/sessionclusters/{name}`, about: 'A session cluster', answer: sessionClusterSchema, codes: [200] },
  replaceSessionCluster: { method: 'put', path: `${N}/sessionclusters/{name}`, about: 'Create or replace a session cluster', body: sessionClusterInputSchema, answer: sessionClusterSchema, codes: [200, 201] },
  patchSessionCluster: { method: 'patch', path: `${N}/sessionclusters/{name}`, about: 'Change parts of a session cluster', body: patch, answer: sessionClusterSchema, codes: [200] },
  deleteSessionCluster: { method: 'delete', path: `${N}/sessionclusters/{name}`, about: 'Delete a session cluster that is stopped', answer: sessionClusterSchema, codes: [200] },

  getGlobalDeploymentDefaults: { method: 'get', path: '/api/v1/global-deployment-defaults', about: 'What a Deployment gets where its spec is silent', answer: deploymentDefaultsSchema, codes: [200] },
  getStatus: { method: 'get', path: '/api/v1/status', about: 'That the API answers', answer: statusSchema, codes: [200] },
  reconcile: { method: 'post', path: '/drey/v1/reconcile', about: 'Look for drift now', answer: reconcileSchema, codes: [202] },
  getHealth: { method: 'get', path: '/healthz', about: 'That the process lives', answer: statusSchema, codes: [200] },
  getReadiness: { method: 'get', path: '/readyz', about: 'That it can do its work; the reasons where not', answer: readinessSchema, codes: [200, 503] },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof API;

type PathKey<Path extends string> = Path extends `${string}{${infer Key}}${infer Rest}` ? Key | PathKey<Rest> : never;
type OutputOf<Spec, Part extends string> = Spec extends { readonly [Key in Part]: infer Schema extends z.ZodType } ? z.output<Schema> : undefined;

/** What is in the path of a route. */
export type Params<Name extends RouteName> = { readonly [Key in PathKey<(typeof API)[Name]['path']>]: string };
export type Query<Name extends RouteName> = Exact<OutputOf<(typeof API)[Name], 'query'>>;
export type Body<Name extends RouteName> = Exact<OutputOf<(typeof API)[Name], 'body'>>;
export type Answer<Name extends RouteName> = OutputOf<(typeof API)[Name], 'answer'>;
export type Code<Name extends RouteName> = (typeof API)[Name]['codes'][number];
