// Deployment as users see it: the stored one plus server-written annotations (vvp.md §1.1, §1.2). Changes nothing.
import { BECAUSE, SERVER_PREFIX } from '../domain/document.ts';
import type { DeploymentDocument } from '../domain/deployment.schema.ts';
import type { Condition, Deployment, DeploymentSpec, DeploymentStatus } from '../domain/deployment.ts';
import { toTimestamp } from './instants.ts';
import { inOrder, presentTemplate } from './present-template.ts';

const PREFIX = `${SERVER_PREFIX}deployment.`;
export const SPEC_VERSION = `${PREFIX}spec.version`;

const RULES = ['state', 'deploymentTargetName', 'sessionClusterName', 'upgradeStrategy', 'restoreStrategy'] as const;

export function presentDeployment(deployment: Deployment): DeploymentDocument {
  const { id, name, displayName, namespace, labels, resourceVersion, createdAt, modifiedAt } = deployment;
  return {
    kind: 'Deployment',
    apiVersion: 'v1',
    metadata: {
      id,
      name,
      displayName,
      namespace,
      createdAt: toTimestamp(createdAt),
      modifiedAt: toTimestamp(modifiedAt),
      labels,
      annotations: { ...deployment.annotations, ...serverAnnotations(deployment) },
      resourceVersion,
    },
    spec: presentSpec(deployment.spec),
    status: presentStatus(deployment.status),
  };
}

function serverAnnotations({ specVersion, status }: Deployment): Record<string, string> {
  const since = status.transitioningSince;
  return {
    [SPEC_VERSION]: String(specVersion),
    [`${PREFIX}transitioning`]: String(status.state === 'TRANSITIONING'),
    ...(since === undefined ? {} : { [`${PREFIX}transitioning.since`]: toTimestamp(since) }),
    ...(status.because === '' ? {} : { [BECAUSE]: status.because }),
  };
}

function presentSpec(spec: DeploymentSpec): DeploymentDocument['spec'] {
  const { template, ...rules } = spec;
  return { ...inOrder(rules, RULES), template: presentTemplate(template) };
}

function presentStatus({ state, running, conditions }: DeploymentStatus): DeploymentDocument['status'] {
  const presented = conditions.map(presentCondition);
  if (state !== 'RUNNING' || running === undefined) return { state, conditions: presented };
  return { state, running: { jobId: running.jobId, transitionTime: toTimestamp(running.transitionTime), conditions: presented }, conditions: presented };
}

function presentCondition({ lastTransitionTime, lastUpdateTime, type, status, reason, message }: Condition) {
  return { type, status, reason, message, lastTransitionTime: toTimestamp(lastTransitionTime), lastUpdateTime: toTimestamp(lastUpdateTime) };
}

/** The part of a Deployment that is the user's own, as a PATCH is merged over it. */
export function userDocument({ name, displayName, namespace, labels, annotations, spec }: Deployment): object {
  return { metadata: { name, ...(displayName === undefined ? {} : { displayName }), namespace, labels, annotations }, spec };
}
