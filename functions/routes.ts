// Binds each route of domain/api.schema.ts to its handler; a route without one does not compile.
import { createApiToken, deleteApiToken, getApiToken, listApiTokens } from './api-tokens.ts';
import { listAuditLog } from './audit.ts';
import { deleteArtifact, getArtifact, getArtifactByPath, listArtifacts, presignArtifact, receiveUpload, uploadArtifact } from './artifacts.ts';
import { createDeploymentTarget, deleteDeploymentTarget, getDeploymentTarget, listDeploymentTargets, replaceDeploymentTarget } from './deployment-targets.ts';
import { deleteSavepoint } from './delete-savepoint.ts';
import { deleteDeployment, getDeployment, listDeployments } from './deployments.ts';
import { listEvents } from './events.ts';
import type { Handlers } from './handler.ts';
import { getJob, listJobExceptions, listJobs } from './jobs.ts';
import { createNamespace, deleteNamespace, getNamespace, listNamespaces, patchNamespace, replaceNamespace, setPreviewSessionCluster } from './namespaces.ts';
import { planDeployment } from './plan-deployment.ts';
import { createSavepoint, getSavepoint, listSavepoints } from './savepoints.ts';
import { deleteSessionCluster, getSessionCluster, listSessionClusters } from './session-clusters.ts';
import { getGlobalDeploymentDefaults, getHealth, getReadiness, getStatus, reconcile } from './system.ts';
import { createDeployment, patchDeployment, replaceDeployment } from './write-deployment.ts';
import { createSessionCluster, patchSessionCluster, replaceSessionCluster } from './write-session-cluster.ts';

export const HANDLERS: Handlers = {
  listDeployments,
  createDeployment,
  getDeployment,
  replaceDeployment,
  patchDeployment,
  deleteDeployment,
  planDeployment,

  listJobs,
  listJobExceptions,
  getJob,

  listSavepoints,
  createSavepoint,
  getSavepoint,
  deleteSavepoint,

  listEvents,

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

  getGlobalDeploymentDefaults,
  getStatus,
  reconcile,
  getHealth,
  getReadiness,
};
