// Fields of the API models that a client may send, by model: where they stand, what is sent, what is answered where that is something else.

export interface WrittenField {
  /** Model and field, as the descriptions of the API name them. */
  readonly name: string;
  /** Where it stands in the document, with dots between keys that hold none. */
  readonly at: string;
  readonly sent: unknown;
  readonly answered?: unknown;
  /** Further parts of the document that it needs. */
  readonly beside?: object;
}

const TEMPLATE = 'spec.template.spec';
const ARTIFACT = `${TEMPLATE}.artifact`;
const PODS = `${TEMPLATE}.kubernetes.pods`;
const UUID = '4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c1';
const podTemplate = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'main', image: null, ports: [{ containerPort: 1 }] }] } };
const inArtifact = (artifact: object) => ({ spec: { template: { spec: { artifact } } } });
const sql = inArtifact({ kind: 'SqlScript', jarUri: undefined, sqlScript: 'INSERT INTO a SELECT * FROM b' });
const python = inArtifact({ kind: 'python', jarUri: undefined, pythonArtifactUri: 's3://b/job.py' });
const nowhere = { spec: { deploymentTargetName: undefined } };

const ofMetadata = (model: string, more: readonly WrittenField[] = []): readonly WrittenField[] => [
  { name: `${model}.labels`, at: 'metadata.labels', sent: { env: 'staging', empty: '' } },
  { name: `${model}.annotations`, at: 'metadata.annotations.license/testing', sent: false, answered: 'false' },
  ...more,
];

const ofLogging = (at: string): readonly WrittenField[] => [
  { name: 'Logging.loggingProfile', at: `${at}.loggingProfile`, sent: 'custom' },
  { name: 'Logging.log4jLoggers', at: `${at}.log4jLoggers`, sent: { '': 'WARN', 'com.example': 'DEBUG' } },
  { name: 'Logging.log4j2ConfigurationTemplate', at: `${at}.log4j2ConfigurationTemplate`, sent: '<Configuration/>' },
  { name: 'Logging.log4j2ConfigurationTemplate, none', at: `${at}.log4j2ConfigurationTemplate`, sent: null },
];

const ofResources = (at: string): readonly WrittenField[] => [
  { name: 'ResourceSpec.cpu', at: `${at}.jobmanager.cpu`, sent: 0.5 },
  { name: 'ResourceSpec.cpu, as text', at: `${at}.taskmanager.cpu`, sent: '2.5', answered: 2.5 },
  { name: 'ResourceSpec.memory', at: `${at}.taskmanager.memory`, sent: '1.5g' },
];

const ofPods = (at: string): readonly WrittenField[] => [
  { name: 'Pods.annotations', at: `${at}.annotations`, sent: { a: 'b' } },
  { name: 'Pods.labels', at: `${at}.labels`, sent: { a: 'b' } },
  { name: 'Pods.nodeSelector', at: `${at}.nodeSelector`, sent: { zone: 'a' } },
  { name: 'Pods.affinity', at: `${at}.affinity`, sent: { nodeAffinity: { x: [1, null] } } },
  { name: 'Pods.tolerations', at: `${at}.tolerations`, sent: [{ key: 'k', operator: 'Exists', tolerationSeconds: 7 }] },
  { name: 'Pods.imagePullSecrets', at: `${at}.imagePullSecrets`, sent: [{ name: 's' }] },
  { name: 'Pods.securityContext', at: `${at}.securityContext`, sent: { runAsUser: 1000 } },
  { name: 'VolumeAndMount', at: `${at}.volumeMounts`, sent: [{ name: 'v', volume: { emptyDir: {} }, volumeMount: { mountPath: '/v', name: 'v' } }] },
  {
    name: 'EnvVar, in the order of the user',
    at: `${at}.envVars`,
    sent: [
      { name: 'Z', value: 'a' },
      { name: 'A', valueFrom: { secretKeyRef: { key: 'k', name: 's' } } },
    ],
  },
];

export const DEPLOYMENT_FIELDS: readonly WrittenField[] = [
  { name: 'Deployment.kind', at: 'kind', sent: 'Deployment' },
  { name: 'Deployment.apiVersion', at: 'apiVersion', sent: 'v1' },
  ...ofMetadata('DeploymentMetadata', [{ name: 'DeploymentMetadata.displayName', at: 'metadata.displayName', sent: 'Click counter' }]),
  { name: 'DeploymentSpec.state', at: 'spec.state', sent: 'suspended', answered: 'SUSPENDED' },
  { name: 'DeploymentSpec.state, with one L', at: 'spec.state', sent: 'Canceled', answered: 'CANCELLED' },
  { name: 'DeploymentUpgradeStrategy.kind', at: 'spec.upgradeStrategy.kind', sent: 'Stateless', answered: 'STATELESS' },
  { name: 'DeploymentRestoreStrategy.kind', at: 'spec.restoreStrategy.kind', sent: 'latest_Savepoint', answered: 'LATEST_SAVEPOINT' },
  {
    name: 'DeploymentRestoreStrategy.allowNonRestoredState',
    at: 'spec.restoreStrategy.allowNonRestoredState',
    sent: true,
    beside: { spec: { restoreStrategy: { kind: 'LATEST_STATE' } } },
  },
  { name: 'DeploymentSpec.maxSavepointCreationAttempts', at: 'spec.maxSavepointCreationAttempts', sent: 9 },
  { name: 'DeploymentSpec.maxJobCreationAttempts', at: 'spec.maxJobCreationAttempts', sent: '7', answered: 7 },
  { name: 'DeploymentSpec.jobFailureExpirationTime', at: 'spec.jobFailureExpirationTime', sent: '321 s' },
  { name: 'DeploymentSpec.deploymentTargetId', at: 'spec.deploymentTargetId', sent: UUID, beside: nowhere },
  { name: 'DeploymentSpec.deploymentTargetName', at: 'spec.deploymentTargetName', sent: 'Main_1' },
  { name: 'DeploymentSpec.sessionClusterName', at: 'spec.sessionClusterName', sent: 'shared', beside: nowhere },
  { name: 'DeploymentTemplateMetadata.annotations', at: 'spec.template.metadata.annotations', sent: { 'flink.security.ssl.enabled': 'true' } },
  { name: 'Artifact.kind', at: `${ARTIFACT}.kind`, sent: 'Jar', answered: 'JAR' },
  { name: 'Artifact.jarUri', at: `${ARTIFACT}.jarUri`, sent: 's3://b/${SECRET}/job.jar' },
  { name: 'Artifact.entryClass', at: `${ARTIFACT}.entryClass`, sent: 'com.example.Main' },
  { name: 'Artifact.mainArgs', at: `${ARTIFACT}.mainArgs`, sent: '--a "b c"' },
  { name: 'Artifact.additionalDependencies', at: `${ARTIFACT}.additionalDependencies`, sent: ['s3://b/a.jar', 's3://b/c.csv'] },
  { name: 'Artifact.flinkVersion', at: `${ARTIFACT}.flinkVersion`, sent: 1.19, answered: '1.19' },
  { name: 'Artifact.flinkImageRegistry', at: `${ARTIFACT}.flinkImageRegistry`, sent: 'images.example.com' },
  { name: 'Artifact.flinkImageRepository', at: `${ARTIFACT}.flinkImageRepository`, sent: 'flink' },
  { name: 'Artifact.flinkImageTag', at: `${ARTIFACT}.flinkImageTag`, sent: '1.19.1-java17' },
  { name: 'Artifact.kind, SQLSCRIPT', at: `${ARTIFACT}.kind`, sent: 'sqlscript', answered: 'SQLSCRIPT', beside: sql },
  { name: 'Artifact.sqlScript', at: `${ARTIFACT}.sqlScript`, sent: 'BEGIN STATEMENT SET; END;', beside: sql },
  { name: 'Artifact.additionalDependencies, SQLSCRIPT', at: `${ARTIFACT}.additionalDependencies`, sent: ['s3://b/udf.jar'], beside: sql },
  { name: 'Artifact.kind, PYTHON', at: `${ARTIFACT}.kind`, sent: 'Python', answered: 'PYTHON', beside: python },
  { name: 'Artifact.pythonArtifactUri', at: `${ARTIFACT}.pythonArtifactUri`, sent: 's3://b/x.py', beside: python },
  { name: 'Artifact.entryModule', at: `${ARTIFACT}.entryModule`, sent: 'main', beside: python },
  { name: 'Artifact.mainArgs, PYTHON', at: `${ARTIFACT}.mainArgs`, sent: '-x', beside: python },
  { name: 'Artifact.additionalPythonLibraries', at: `${ARTIFACT}.additionalPythonLibraries`, sent: ['s3://b/l.whl'], beside: python },
  { name: 'Artifact.additionalPythonArchives', at: `${ARTIFACT}.additionalPythonArchives`, sent: ['s3://b/v.zip'], beside: python },
  { name: 'DeploymentTemplateSpec.parallelism', at: `${TEMPLATE}.parallelism`, sent: 3 },
  { name: 'DeploymentTemplateSpec.numberOfTaskManagers', at: `${TEMPLATE}.numberOfTaskManagers`, sent: 2 },
  {
    name: 'DeploymentTemplateSpec.flinkConfiguration',
    at: `${TEMPLATE}.flinkConfiguration`,
    sent: { a: 10000, b: true, c: '${S}' },
    answered: { a: '10000', b: 'true', c: '${S}' },
  },
  { name: 'DeploymentTemplateSpec.disasterCheckpointsDelay', at: `${TEMPLATE}.disasterCheckpointsDelay`, sent: 0 },
  { name: 'DeploymentTemplateSpec.latestCheckpointFetchInterval', at: `${TEMPLATE}.latestCheckpointFetchInterval`, sent: 30 },
  ...ofResources(`${TEMPLATE}.resources`),
  ...ofLogging(`${TEMPLATE}.logging`),
  ...ofPods(PODS),
  { name: 'KubernetesOptions.labels', at: `${TEMPLATE}.kubernetes.labels`, sent: { a: 'b' } },
  { name: 'KubernetesOptions.jobManagerPodTemplate', at: `${TEMPLATE}.kubernetes.jobManagerPodTemplate`, sent: podTemplate },
  { name: 'KubernetesOptions.taskManagerPodTemplate', at: `${TEMPLATE}.kubernetes.taskManagerPodTemplate`, sent: podTemplate },
];

export const TARGET_FIELDS: readonly WrittenField[] = [
  { name: 'DeploymentTarget.kind', at: 'kind', sent: 'DeploymentTarget' },
  ...ofMetadata('DeploymentTargetMetadata'),
  { name: 'KubernetesTarget.namespace', at: 'spec.kubernetes.namespace', sent: 'jobs', beside: { spec: { local: undefined } } },
];

export const CLUSTER_FIELDS: readonly WrittenField[] = [
  { name: 'SessionCluster.kind', at: 'kind', sent: 'SessionCluster' },
  ...ofMetadata('SessionClusterMetadata'),
  { name: 'SessionClusterSpec.state', at: 'spec.state', sent: 'Stopped', answered: 'STOPPED' },
  { name: 'SessionClusterSpec.deploymentTargetName', at: 'spec.deploymentTargetName', sent: 'Main_1' },
  { name: 'SessionClusterSpec.flinkVersion', at: 'spec.flinkVersion', sent: 1.19, answered: '1.19' },
  { name: 'SessionClusterSpec.flinkImageRegistry', at: 'spec.flinkImageRegistry', sent: 'images.example.com' },
  { name: 'SessionClusterSpec.flinkImageRepository', at: 'spec.flinkImageRepository', sent: 'flink' },
  { name: 'SessionClusterSpec.flinkImageTag', at: 'spec.flinkImageTag', sent: '1.19.1' },
  { name: 'SessionClusterSpec.numberOfTaskManagers', at: 'spec.numberOfTaskManagers', sent: 4 },
  { name: 'SessionClusterSpec.flinkConfiguration', at: 'spec.flinkConfiguration', sent: { a: 1 }, answered: { a: '1' } },
  ...ofResources('spec.resources'),
  ...ofLogging('spec.logging'),
  ...ofPods('spec.kubernetes.pods'),
  { name: 'KubernetesOptions.labels', at: 'spec.kubernetes.labels', sent: { a: 'b' } },
  { name: 'KubernetesOptions.jobManagerPodTemplate', at: 'spec.kubernetes.jobManagerPodTemplate', sent: podTemplate },
  { name: 'KubernetesOptions.taskManagerPodTemplate', at: 'spec.kubernetes.taskManagerPodTemplate', sent: podTemplate },
];

export const SECRET_FIELDS: readonly WrittenField[] = [
  ...ofMetadata('SecretValueMetadata'),
  { name: 'SecretValueSpec.kind', at: 'spec.kind', sent: 'PLAIN', answered: 'Plain' },
  { name: 'SecretValueSpec.value', at: 'spec.value', sent: 'p@ss "word"' },
  { name: 'SecretValueSpec.value, a number', at: 'spec.value', sent: 1234, answered: '1234' },
];
