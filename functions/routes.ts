// Binds each route of domain/api.schema.ts to its handler; a route without one does not compile.
import { createApiToken, deleteApiToken, getApiToken, listApiTokens } from './api-tokens.ts';
import { exportAuditLog, listAuditLog } from './audit.ts';
import { deleteArtifact, getArtifact, getArtifactByPath, listArtifacts, presignArtifact, receiveUpload, uploadArtifact } from './artifacts.ts';
import { createDeploymentTarget, deleteDeploymentTarget, getDeploymentTarget, listDeploymentTargets, replaceDeploymentTarget } from './deployment-targets.ts';
import { deleteSavepoint } from './delete-savepoint.ts';
import { getDeploymentDefaults, patchDeploymentDefaults, replaceDeploymentDefaults } from './deployment-defaults.ts';
import { deleteDeployment, getDeployment, getDeploymentWithCr, listDeployments, listDeploymentsWithCr } from './deployments.ts';
import { listEvents } from './events.ts';
import type { Handlers } from './handler.ts';
import { getJobLog, listJobLogs } from './job-logs.ts';
import { getJob, listJobExceptions, listJobs } from './jobs.ts';
import { createNamespace, deleteNamespace, getNamespace, listNamespaces, patchNamespace, replaceNamespace, setPreviewSessionCluster } from './namespaces.ts';
import { planDeployment } from './plan-deployment.ts';
import { getResourceUsage } from './resource-usage.ts';
import { createSavepoint, getSavepoint, listSavepoints } from './savepoints.ts';
import {
  createSecretValue,
  deleteSecretValue,
  getSecretValue,
  listSecretValues,
  patchSecretValue,
  replaceSecretValue,
  rotateSecretValues,
} from './secret-values.ts';
import { deleteSessionCluster, getSessionCluster, listSessionClusters } from './session-clusters.ts';
import { getGlobalDeploymentDefaults, getGlobalSessionClusterDefaults, getHealth, getReadiness, getStatus, getSystemInformation, reconcile } from './system.ts';
import { watchEvents } from './watch-events.ts';
import { createDeployment, patchDeployment, replaceDeployment } from './write-deployment.ts';
import { createSessionCluster, patchSessionCluster, replaceSessionCluster } from './write-session-cluster.ts';

export const HANDLERS: Handlers = {
  listDeployments,
  createDeployment,
  listDeploymentsWithCr,
  getDeploymentWithCr,
  getDeployment,
  replaceDeployment,
  patchDeployment,
  deleteDeployment,
  planDeployment,

  listJobs,
  listJobExceptions,
  listJobLogs,
  getJobLog,
  getJob,

  listSavepoints,
  createSavepoint,
  getSavepoint,
  deleteSavepoint,

  listEvents,
  watchEvents,

  listDeploymentTargets,
  createDeploymentTarget,
  getDeploymentTarget,
  replaceDeploymentTarget,
  deleteDeploymentTarget,

  listSessionClusters,
  createSessionCluster,
  getSessionCluster,
  replaceSessionCluster,
  patchSessionCluster,
  deleteSessionCluster,

  listSecretValues,
  createSecretValue,
  getSecretValue,
  replaceSecretValue,
  patchSecretValue,
  deleteSecretValue,
  rotateSecretValues,
  getDeploymentDefaults,
  replaceDeploymentDefaults,
  patchDeploymentDefaults,

  uploadArtifact,
  listArtifacts,
  getArtifact,
  getArtifactByPath,
  deleteArtifact,
  presignArtifact,
  receiveUpload,

  listNamespaces,
  createNamespace,
  getNamespace,
  replaceNamespace,
  patchNamespace,
  deleteNamespace,
  setPreviewSessionCluster,

  listApiTokens,
  createApiToken,
  getApiToken,
  deleteApiToken,

  listAuditLog,
  exportAuditLog,

  getGlobalDeploymentDefaults,
  getGlobalSessionClusterDefaults,
  getSystemInformation,
  getResourceUsage,
  getStatus,
  reconcile,
  getHealth,
  getReadiness,
};
