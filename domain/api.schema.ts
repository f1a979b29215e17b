// The whole API as one table: method, path, what goes in, what comes out. Server, command line and browser read it; nothing else describes a route.
import * as z from 'zod';
import type { Access } from './access.ts';
import { auditPageSchema, auditQuerySchema } from './audit.schema.ts';
import { deploymentPlanSchema } from './deployment-plan.schema.ts';
import { deploymentTargetInputSchema, deploymentTargetListSchema, deploymentTargetSchema } from './deployment-target.schema.ts';
import { deploymentDefaultsInputSchema, deploymentDefaultsSchema } from './deployment-defaults.schema.ts';
import { deploymentInputSchema, deploymentListSchema, deploymentsWithCrSchema, deploymentSchema, deploymentWithCrSchema } from './deployment.schema.ts';
import { eventListSchema } from './event.schema.ts';
import { jobExceptionsSchema, jobListSchema, jobLogsSchema, jobSchema, logQuery } from './job.schema.ts';
import { paging, pagingSchema } from './paging.schema.ts';
import {
  apiTokenAnswerSchema,
  apiTokenInputSchema,
  apiTokensAnswerSchema,
  namespaceAnswerSchema,
  namespaceInputSchema,
  namespacesAnswerSchema,
  previewSessionClusterSchema,
} from './platform.schema.ts';
import { day, uuid } from './scalar.schema.ts';
import type { Exact } from './scalar.schema.ts';
import { savepointInputSchema, savepointListSchema, savepointSchema } from './savepoint.schema.ts';
import { rotationSchema, secretValueInputSchema, secretValueListSchema, secretValueSchema } from './secret-value.schema.ts';
import { sessionClusterDefaultsSchema, sessionClusterInputSchema, sessionClusterListSchema, sessionClusterSchema } from './session-cluster.schema.ts';
import { readinessSchema, reconcileSchema, statusSchema, systemInformationSchema } from './system.schema.ts';
import { artifactAnswerSchema, artifactListSchema, artifactQuery, presignAnswerSchema, presignInputSchema } from './uploaded-artifact.schema.ts';

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Every `{name}` in it is a parameter. */
  readonly path: string;
  /** Who may: vvp.md §1.10. */
  readonly access: Access;
  readonly about: string;
  /** All optional; parameters that are not named here are ignored. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The body is a file, as the part `file` of a form or as it is, and is read as it comes. */
  readonly upload?: 'form' | 'raw';
  readonly answer: z.ZodType;
  /** The type of an answer that is text; others are JSON or YAML, as the client likes. */
  readonly textType?: 'text/csv' | 'text/plain' | 'text/event-stream';
  /** Codes of success. */
  readonly codes: readonly (200 | 201 | 202 | 503)[];
}

const N = '/api/v1/namespaces/{namespace}';
const ARTIFACTS = '/artifacts/v1/namespaces/{namespace}/artifacts';
const NAMESPACE = '/namespaces/v1/namespaces/{namespace}';
const TOKENS = '/apitokens/v1/namespaces/{namespace}/apitokens';

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
  listDeployments: { method: 'get', path: `${N}/deployments`, access: ['Deployment', 'List'], about: 'All Deployments of a namespace, by name', query: z.object({ ...paging, labelSelector }), answer: deploymentListSchema, codes: [200] },
  createDeployment: { method: 'post', path: `${N}/deployments`, access: ['Deployment', 'Create'], about: 'Create a Deployment', query: dryRun, body: deploymentInputSchema, answer: deploymentOrPlan, codes: [200, 201] },
  listDeploymentsWithCr: { method: 'get', path: `${N}/deployments/with-cr`, access: ['Deployment', 'List'], about: 'All Deployments of a namespace, each with its Kubernetes resource, of which there are none', answer: deploymentsWithCrSchema, codes: [200] },
  getDeploymentWithCr: { method: 'get', path: `${N}/deployments/with-cr/{name}`, access: ['Deployment', 'Get'], about: 'A Deployment, by name or id, with its Kubernetes resource, of which there is none', answer: deploymentWithCrSchema, codes: [200] },
  getDeployment: { method: 'get', path: `${N}/deployments/{name}`, access: ['Deployment', 'Get'], about: 'A Deployment, by name or id', answer: deploymentSchema, codes: [200] },
  replaceDeployment: { method: 'put', path: `${N}/deployments/{name}`, access: ['Deployment', 'Update'], about: 'Create or replace a Deployment', query: dryRun, body: deploymentInputSchema, answer: deploymentOrPlan, codes: [200, 201] },
  patchDeployment: { method: 'patch', path: `${N}/deployments/{name}`, access: ['Deployment', 'Update'], about: 'Change parts of a Deployment', query: dryRun, body: patch, answer: deploymentOrPlan, codes: [200] },
  deleteDeployment: { method: 'delete', path: `${N}/deployments/{name}`, access: ['Deployment', 'Delete'], about: 'Delete a Deployment that is cancelled or suspended', answer: deploymentSchema, codes: [200] },
  planDeployment: { method: 'get', path: '/drey/v1/namespaces/{namespace}/deployments/{name}/plan', access: ['Deployment', 'Get'], about: 'What drey would do with a Deployment now: its steps, what would be restored, and what blocks', answer: deploymentPlanSchema, codes: [200] },

  listJobs: { method: 'get', path: `${N}/jobs`, access: ['Job', 'List'], about: 'Jobs, newest first', query: z.object({ ...paging, deploymentId: uuid.optional() }), answer: jobListSchema, codes: [200] },
  listJobExceptions: { method: 'get', path: '/drey/v1/namespaces/{namespace}/jobs/{jobId}/exceptions', access: ['Job', 'Get'], about: 'Why a Job restarted or failed, newest first', answer: jobExceptionsSchema, codes: [200] },
  listJobLogs: { method: 'get', path: '/drey/v1/namespaces/{namespace}/jobs/{jobId}/logs', access: ['Job', 'Get'], about: 'Log files of the processes that run or ran a Job', answer: jobLogsSchema, codes: [200] },
  getJobLog: { method: 'get', path: '/drey/v1/namespaces/{namespace}/jobs/{jobId}/logs/{process}/{file}', access: ['Job', 'Get'], about: 'The end of a log file, or a part of it; X-Log-Offset, X-Log-Next-Offset and X-Log-Size say which', query: logQuery, answer: z.string(), textType: 'text/plain', codes: [200] },
  getJob: { method: 'get', path: `${N}/jobs/{jobId}`, access: ['Job', 'Get'], about: 'A Job', answer: jobSchema, codes: [200] },

  listSavepoints: { method: 'get', path: `${N}/savepoints`, access: ['Savepoint', 'List'], about: 'Savepoints, newest first', query: savepointQuery, answer: savepointListSchema, codes: [200] },
  createSavepoint: { method: 'post', path: `${N}/savepoints`, access: ['Savepoint', 'Create'], about: 'Take a Savepoint of the running Job, or register one that exists', body: savepointInputSchema, answer: savepointSchema, codes: [201] },
  getSavepoint: { method: 'get', path: `${N}/savepoints/{savepointId}`, access: ['Savepoint', 'Get'], about: 'A Savepoint', answer: savepointSchema, codes: [200] },
  deleteSavepoint: { method: 'delete', path: `${N}/savepoints/{savepointId}`, access: ['Savepoint', 'Delete'], about: 'Delete a Savepoint and its data; with force=true the Savepoint alone, at once', query: z.object({ force: z.enum(['true', 'false']).optional() }), answer: savepointSchema, codes: [200] },

  listEvents: { method: 'get', path: `${N}/events`, access: ['Event', 'List'], about: 'Events, newest first; with `after`, those behind that one, oldest first', query: z.object({ ...paging, ...eventQuery, after: uuid.optional() }), answer: eventListSchema, codes: [200] },
  watchEvents: { method: 'get', path: '/drey/v1/namespaces/{namespace}/events:watch', access: ['Event', 'List'], about: 'Events as they come, behind `after` or Last-Event-ID; ends by itself and is resumed', query: z.object({ ...eventQuery, after: uuid.optional() }), answer: z.string(), textType: 'text/event-stream', codes: [200] },

  listDeploymentTargets: { method: 'get', path: `${N}/deployment-targets`, access: ['DeploymentTarget', 'List'], about: 'Deployment targets of a namespace', query: pagingSchema, answer: deploymentTargetListSchema, codes: [200] },
  createDeploymentTarget: { method: 'post', path: `${N}/deployment-targets`, access: ['DeploymentTarget', 'Create'], about: 'Create a deployment target', body: deploymentTargetInputSchema, answer: deploymentTargetSchema, codes: [201] },
  getDeploymentTarget: { method: 'get', path: `${N}/deployment-targets/{name}`, access: ['DeploymentTarget', 'Get'], about: 'A deployment target', answer: deploymentTargetSchema, codes: [200] },
  replaceDeploymentTarget: { method: 'put', path: `${N}/deployment-targets/{name}`, access: ['DeploymentTarget', 'Update'], about: 'Create a deployment target, or replace its metadata', body: deploymentTargetInputSchema, answer: deploymentTargetSchema, codes: [200, 201] },
  deleteDeploymentTarget: { method: 'delete', path: `${N}/deployment-targets/{name}`, access: ['DeploymentTarget', 'Delete'], about: 'Delete a deployment target that nothing refers to', answer: deploymentTargetSchema, codes: [200] },

  listSessionClusters: { method: 'get', path: `${N}/sessionclusters`, access: ['SessionCluster', 'List'], about: 'Session clusters of a namespace', query: pagingSchema, answer: sessionClusterListSchema, codes: [200] },
  createSessionCluster: { method: 'post', path: `${N}/sessionclusters`, access: ['SessionCluster', 'Create'], about: 'Create a session cluster', body: sessionClusterInputSchema, answer: sessionClusterSchema, codes: [201] },
  getSessionCluster: { method: 'get', path: `${N}/sessionclusters/{name}`, access: ['SessionCluster', 'Get'], about: 'A session cluster', answer: sessionClusterSchema, codes: [200] },
  replaceSessionCluster: { method: 'put', path: `${N}/sessionclusters/{name}`, access: ['SessionCluster', 'Update'], about: 'Create or replace a session cluster', body: sessionClusterInputSchema, answer: sessionClusterSchema, codes: [200, 201] },
  patchSessionCluster: { method: 'patch', path: `${N}/sessionclusters/{name}`, access: ['SessionCluster', 'Update'], about: 'Change parts of a session cluster', body: patch, answer: sessionClusterSchema, codes: [200] },
  deleteSessionCluster: { method: 'delete', path: `${N}/sessionclusters/{name}`, access: ['SessionCluster', 'Delete'], about: 'Delete a session cluster that is stopped', answer: sessionClusterSchema, codes: [200] },

  listSecretValues: { method: 'get', path: `${N}/secret-values`, access: ['SecretValue', 'List'], about: 'Secret values of a namespace, by name', query: pagingSchema, answer: secretValueListSchema, codes: [200] },
  createSecretValue: { method: 'post', path: `${N}/secret-values`, access: ['SecretValue', 'Create'], about: 'Create a secret value, which jarUri and flinkConfiguration may name as ${NAME}', body: secretValueInputSchema, answer: secretValueSchema, codes: [201] },
  getSecretValue: { method: 'get', path: `${N}/secret-values/{name}`, access: ['SecretValue', 'Get'], about: 'A secret value', answer: secretValueSchema, codes: [200] },
  replaceSecretValue: { method: 'put', path: `${N}/secret-values/{name}`, access: ['SecretValue', 'Update'], about: 'Create or replace a secret value', body: secretValueInputSchema, answer: secretValueSchema, codes: [200, 201] },
  patchSecretValue: { method: 'patch', path: `${N}/secret-values/{name}`, access: ['SecretValue', 'Update'], about: 'Change parts of a secret value', body: patch, answer: secretValueSchema, codes: [200] },
  deleteSecretValue: { method: 'delete', path: `${N}/secret-values/{name}`, access: ['SecretValue', 'Delete'], about: 'Delete a secret value', answer: secretValueSchema, codes: [200] },
  rotateSecretValues: { method: 'post', path: '/drey/v1/secret-values:rotate', access: 'admin', about: 'Encrypt every secret value that another key encrypted with the current key; safe to repeat', answer: rotationSchema, codes: [200] },

  uploadArtifact: { method: 'post', path: `${ARTIFACTS}:upload`, access: ['Artifact', 'Create'], about: 'Upload an artifact; one of the same name is replaced', upload: 'form', answer: artifactAnswerSchema, codes: [200] },
  listArtifacts: { method: 'get', path: `${ARTIFACTS}:list`, access: ['Artifact', 'List'], about: 'Artifacts of a namespace, the first 1000 by name', answer: artifactListSchema, codes: [200] },
  getArtifact: { method: 'get', path: `${ARTIFACTS}:get`, access: ['Artifact', 'Get'], about: 'An artifact', query: artifactQuery, answer: artifactAnswerSchema, codes: [200] },
  getArtifactByPath: { method: 'get', path: `${ARTIFACTS}/{filename}`, access: ['Artifact', 'Get'], about: 'An artifact', answer: artifactAnswerSchema, codes: [200] },
  deleteArtifact: { method: 'delete', path: `${ARTIFACTS}:delete`, access: ['Artifact', 'Delete'], about: 'Delete an artifact', query: artifactQuery, answer: artifactAnswerSchema, codes: [200] },
  presignArtifact: { method: 'post', path: '/drey/v1/namespaces/{namespace}/artifacts:presign', access: ['Artifact', 'Create'], about: 'An address that a large artifact can be PUT to', body: presignInputSchema, answer: presignAnswerSchema, codes: [200] },
  receiveUpload: { method: 'put', path: '/drey/v1/uploads/{token}', access: 'open', about: 'The file, sent to an address that artifacts:presign gave', upload: 'raw', answer: artifactAnswerSchema, codes: [200] },

  listNamespaces: { method: 'get', path: '/namespaces/v1/namespaces', access: ['Namespace', 'List'], about: 'All namespaces', answer: namespacesAnswerSchema, codes: [200] },
  createNamespace: { method: 'post', path: '/namespaces/v1/namespaces', access: ['Namespace', 'Create'], about: 'Create a namespace', body: namespaceInputSchema, answer: namespaceAnswerSchema, codes: [200] },
  getNamespace: { method: 'get', path: NAMESPACE, access: ['Namespace', 'Get'], about: 'A namespace and who has which role in it', answer: namespaceAnswerSchema, codes: [200] },
  replaceNamespace: { method: 'put', path: NAMESPACE, access: ['Namespace', 'Update'], about: 'Replace the role bindings of a namespace', body: namespaceInputSchema, answer: namespaceAnswerSchema, codes: [200] },
  patchNamespace: { method: 'patch', path: NAMESPACE, access: ['Namespace', 'Update'], about: 'Change parts of a namespace', body: namespaceInputSchema, answer: namespaceAnswerSchema, codes: [200] },
  deleteNamespace: { method: 'delete', path: NAMESPACE, access: ['Namespace', 'Delete'], about: 'Delete a namespace and everything in it', answer: namespaceAnswerSchema, codes: [200] },
  setPreviewSessionCluster: { method: 'post', path: `${NAMESPACE}:setPreviewSessionCluster`, access: ['Namespace', 'Update'], about: 'Name the session cluster for previews', body: previewSessionClusterSchema, answer: namespaceAnswerSchema, codes: [200] },

  listApiTokens: { method: 'get', path: TOKENS, access: ['ApiToken', 'List'], about: 'API tokens of a namespace, without their secrets', answer: apiTokensAnswerSchema, codes: [200] },
  createApiToken: { method: 'post', path: TOKENS, access: ['ApiToken', 'Create'], about: 'Create an API token; its secret is in this answer only', body: apiTokenInputSchema, answer: apiTokenAnswerSchema, codes: [200] },
  getApiToken: { method: 'get', path: `${TOKENS}/{token}`, access: ['ApiToken', 'Get'], about: 'An API token, without its secret', answer: apiTokenAnswerSchema, codes: [200] },
  deleteApiToken: { method: 'delete', path: `${TOKENS}/{token}`, access: ['ApiToken', 'Delete'], about: 'Revoke an API token', answer: apiTokenAnswerSchema, codes: [200] },

  listAuditLog: { method: 'get', path: '/api/v1/logs/', access: 'admin', about: 'Who asked for which change, newest first', query: auditQuerySchema, answer: auditPageSchema, codes: [200] },
  exportAuditLog: { method: 'get', path: '/api/v1/logs/reports', access: 'admin', about: 'The whole audit log as CSV, newest first', answer: z.string(), textType: 'text/csv', codes: [200] },

  getDeploymentDefaults: { method: 'get', path: `${N}/deployment-defaults`, access: ['DeploymentDefaults', 'Get'], about: 'What Deployments of a namespace get where their spec is silent', answer: deploymentDefaultsSchema, codes: [200] },
  replaceDeploymentDefaults: { method: 'put', path: `${N}/deployment-defaults`, access: ['DeploymentDefaults', 'Update'], about: 'Replace the defaults of a namespace; Deployments that are there stay as they are', body: deploymentDefaultsInputSchema, answer: deploymentDefaultsSchema, codes: [200] },
  patchDeploymentDefaults: { method: 'patch', path: `${N}/deployment-defaults`, access: ['DeploymentDefaults', 'Update'], about: 'Change parts of the defaults of a namespace; Deployments that are there stay as they are', body: patch, answer: deploymentDefaultsSchema, codes: [200] },
  getGlobalDeploymentDefaults: { method: 'get', path: '/api/v1/global-deployment-defaults', access: 'anyone', about: 'What a Deployment gets where its spec is silent', answer: deploymentDefaultsSchema, codes: [200] },
  getGlobalSessionClusterDefaults: { method: 'get', path: '/api/v1/global-sessioncluster-defaults', access: 'anyone', about: 'What clients may propose for a new session cluster', answer: sessionClusterDefaultsSchema, codes: [200] },
  getSystemInformation: { method: 'get', path: '/api/v1/status/system-info', access: 'anyone', about: 'Version of the platform, and the CPU that Flink has', answer: systemInformationSchema, codes: [200] },
  getResourceUsage: { method: 'get', path: '/api/v1/status/resourceusage', access: 'admin', about: 'CPU hours by day and Deployment, as CSV', query: z.object({ from: day.optional(), to: day.optional() }), answer: z.string(), textType: 'text/csv', codes: [200] },
  getStatus: { method: 'get', path: '/api/v1/status', access: 'open', about: 'That the API answers', answer: statusSchema, codes: [200] },
  reconcile: { method: 'post', path: '/drey/v1/reconcile', access: 'anyone', about: 'Look for drift now', answer: reconcileSchema, codes: [202] },
  getHealth: { method: 'get', path: '/healthz', access: 'open', about: 'That the process lives', answer: statusSchema, codes: [200] },
  getReadiness: { method: 'get', path: '/readyz', access: 'open', about: 'That it can do its work; the reasons where not', answer: readinessSchema, codes: [200, 503] },
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
