// Where drey answers otherwise than Ververica Platform does, for docs/compatibility.md. What is not named here works the same.
import type { Endpoint } from './vvp-endpoints.ts';

export const DIFFERENCES: Readonly<Partial<Record<Endpoint, string>>> = {
  'GET /api/v1/status/system-info': 'jvmVersion and buildTime are "unknown", the quota is UNLIMITED',
  'GET /api/v1/status/resourceusage': 'computed from the Jobs that are kept, with columns of its own; session clusters are missing',
  'GET /api/v1/logs/': "the form of an entry is drey's own; pages by `page` and `pageSize`",
  'GET /api/v1/logs/reports': 'CSV only, with columns of its own',
  'GET /api/v1/namespaces/{namespace}/secret-values': 'values are encrypted at rest; who may not read them gets 403',
  'POST /artifacts/v1/namespaces/{namespace}/artifacts:upload':
    'without authentication the header `X-Drey-Upload: 1` or any `Authorization` is needed, so that no web page can upload',
  'GET /artifacts/v1/namespaces/{namespace}/artifacts:list': 'no field `content`',
  'POST /apitokens/v1/namespaces/{namespace}/apitokens': 'the secret is `drey_` and 43 characters, not a UUID',
};

export const FIELDS: Readonly<Record<string, string>> = {
  'DeploymentDefaults metadata.name': 'accepted, never answered; id and times are absent until the first write',
  resources: 'only jobmanager and taskmanager; another key is 400',
  'artifact of kind SQLSCRIPT or PYTHON': 'stored and answered; a start fails with that reason',
  'disasterCheckpointsDelay, latestCheckpointFetchInterval': 'stored and answered, not acted on',
  additionalDependencies: 'jars in application mode; in session mode stored, with a Warning',
  'flinkConfiguration in session mode before Flink 1.17': 'refused at the start: Flink takes none with a run call',
  'logging levels': 'answered in upper case; templates know two constructs only',
  'SessionCluster metadata.annotations …references': 'entries are `{kind, name}`',
  'Job status.sourceTables, status.sinkTables': 'absent: there is no SQL',
  'DeploymentTarget spec.deploymentPatchSet': '400: dropped by the platform itself in 2.1',
};
