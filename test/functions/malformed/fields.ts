// Every field that a user may write, by kind: where it stands and what it is. What is malformed there follows from that (rules.ts).
import * as is from './rules.ts';
import type { Malformed } from './rules.ts';

export interface Field {
  /** With dots between keys that hold none. */
  readonly at: string;
  readonly faults: readonly Malformed[];
  /** Further parts of the document that it needs; what is undefined is taken away. */
  readonly beside?: object;
}

export const field = (at: string, ...faults: readonly (readonly Malformed[])[]): Field => ({ at, faults: faults.flat() });
const with_ = (beside: object, fields: readonly Field[]): readonly Field[] => fields.map((each) => ({ ...each, beside }));

const URI = 4096;
const WORD = 1024;
const TEMPLATE = 'spec.template.spec';
const ARTIFACT = `${TEMPLATE}.artifact`;
const word = is.line(WORD, { takesNumbers: true });
const NO_URI = 'jarUri must not be null: give the address of the job jar, for example "https://host/job.jar"';

const ofEnvelope = (kind: string): readonly Field[] => [field('kind', is.literal(kind)), field('apiVersion', is.literal('v1'))];
const ofMetadata: readonly Field[] = [
  field('metadata.labels', is.MAP),
  field('metadata.annotations', is.MAP),
  field('metadata.namespace', [
    ['another one', 'elsewhere', 'must be "…'],
    ['a number', 7, 'must be text'],
    ['a list', ['a'], 'must be text'],
    ['a control character', 'a\u0007', 'must be "…'],
  ]),
];

const IMAGE = ['flinkVersion', 'flinkImageRegistry', 'flinkImageRepository', 'flinkImageTag'] as const;
const ofImage = (at: string): readonly Field[] => IMAGE.map((name) => field(`${at}.${name}`, word));

const ofResources = (at: string): readonly Field[] => [
  field(at, is.struct('jobmanager', 'taskmanager')),
  ...['jobmanager', 'taskmanager'].flatMap((process) => [
    field(`${at}.${process}`, is.struct('cpu', 'memory')),
    field(`${at}.${process}.cpu`, is.CPU),
    field(`${at}.${process}.memory`, is.MEMORY),
  ]),
];

const ofLogging = (at: string): readonly Field[] => [
  field(at, is.struct('loggingProfile', 'log4jLoggers', 'log4j2ConfigurationTemplate')),
  field(`${at}.loggingProfile`, is.line(WORD), [['unheard of', 'nobody', 'there is no logging profile "nobody"…']]),
  field(`${at}.log4jLoggers`, is.LOGGERS),
  field(`${at}.log4j2ConfigurationTemplate`, [
    ['a number', 7, 'must be text'],
    ['a list', ['a'], 'must be text'],
    ['65,537 characters', 'a'.repeat(65_537), 'must be at most 65536 characters long'],
  ]),
];

const ofKubernetes = (at: string): readonly Field[] => [
  field(at, is.struct('pods', 'jobManagerPodTemplate', 'taskManagerPodTemplate', 'labels'), [
    ['both ways at once', { pods: {}, jobManagerPodTemplate: {} }, 'give either pods or the two pod templates, not both', '.pods'],
  ]),
  field(`${at}.labels`, is.MAP),
  field(`${at}.jobManagerPodTemplate`, is.OBJECT),
  field(`${at}.taskManagerPodTemplate`, is.OBJECT),
  field(
    `${at}.pods`,
    is.struct('annotations', 'labels', 'nodeSelector', 'affinity', 'tolerations', 'imagePullSecrets', 'volumeMounts', 'envVars', 'securityContext'),
  ),
  ...['annotations', 'labels', 'nodeSelector'].map((name) => field(`${at}.pods.${name}`, is.MAP)),
  ...['affinity', 'securityContext'].map((name) => field(`${at}.pods.${name}`, is.OBJECT)),
  field(`${at}.pods.tolerations`, is.LIST_OF_OBJECTS),
  field(`${at}.pods.imagePullSecrets`, is.LIST_OF_OBJECTS, [
    ['no name', [{}], 'is missing; it must be text', '[0].name'],
    ['a name of two lines', [{ name: 'a\nb' }], 'must not contain control characters', '[0].name'],
    ['an unknown field', [{ name: 'a', key: 1 }], 'unknown field; known here are name', '[0].key'],
  ]),
  field(`${at}.pods.volumeMounts`, is.LIST_OF_OBJECTS, [
    ['no volume', [{ name: 'a', volumeMount: {} }], 'is missing; it must be a mapping', '[0].volume'],
    ['a mount of text', [{ name: 'a', volume: {}, volumeMount: 'x' }], 'must be a mapping', '[0].volumeMount'],
    ['no name', [{ volume: {}, volumeMount: {} }], 'is missing; it must be text', '[0].name'],
  ]),
  field(`${at}.pods.envVars`, is.LIST_OF_OBJECTS, [
    ['no name', [{ name: 'A' }, { value: 'x' }], 'is missing; it must be text', '[1].name'],
    ['an empty name', [{ name: '', value: 'x' }], 'must not be empty', '[0].name'],
    ['a name of two lines', [{ name: 'a\nb' }], 'must not contain control characters', '[0].name'],
    ['a list as a value', [{ name: 'A', value: [] }], 'must be text', '[0].value'],
    ['text as a source', [{ name: 'A', valueFrom: 'x' }], 'must be a mapping', '[0].valueFrom'],
    ['an unknown field', [{ name: 'A', from: 'x' }], 'unknown field; known here are name, value, valueFrom', '[0].from'],
  ]),
];

const CONFIGURATION: readonly Malformed[] = [
  ...is.MAP,
  ['5001 entries', Object.fromEntries(Array.from({ length: 5001 }, (_, i) => [`k${i}`, 'v'])), 'must have at most 5000 entries'],
];

const STRATEGIES = ['NONE', 'LATEST_SAVEPOINT', 'LATEST_STATE'];

const asJar = { spec: { template: { spec: { artifact: { kind: 'JAR' } } } } };

const ofSpec: readonly Field[] = [
  field('spec.state', is.choice('RUNNING', 'SUSPENDED', 'CANCELLED')),
  field('spec.upgradeStrategy', [
    ['text', 'NONE', 'must be a mapping'],
    ['a list', [], 'must be a mapping'],
  ]),
  field('spec.upgradeStrategy.kind', is.choice('NONE', 'STATELESS', 'STATEFUL')),
  field('spec.restoreStrategy', [
    ['text', 'NONE', 'must be a mapping'],
    ['a list', [], 'must be a mapping'],
  ]),
  field('spec.restoreStrategy.kind', is.choice(...STRATEGIES)),
  ...with_({ spec: { restoreStrategy: { kind: 'NONE' } } }, [field('spec.restoreStrategy.allowNonRestoredState', is.FLAG)]),
  field('spec.maxSavepointCreationAttempts', is.whole(1)),
  field('spec.maxJobCreationAttempts', is.whole(1)),
  field('spec.jobFailureExpirationTime', is.DURATION),
  field('spec.deploymentTargetName', is.WIDE_NAME),
  ...with_({ spec: { deploymentTargetName: undefined } }, [field('spec.deploymentTargetId', is.UUID), field('spec.sessionClusterName', is.SLUG_NAME)]),
  field('spec.template.metadata', is.struct('annotations')),
  field('spec.template.metadata.annotations', is.MAP),
  field(`${TEMPLATE}.parallelism`, is.whole(1, 32_768)),
  field(`${TEMPLATE}.numberOfTaskManagers`, is.whole(1, 32_768)),
  field(`${TEMPLATE}.disasterCheckpointsDelay`, is.whole(0)),
  field(`${TEMPLATE}.latestCheckpointFetchInterval`, is.whole(1)),
  field(`${TEMPLATE}.flinkConfiguration`, CONFIGURATION),
  ...ofResources(`${TEMPLATE}.resources`),
  ...ofLogging(`${TEMPLATE}.logging`),
  ...ofKubernetes(`${TEMPLATE}.kubernetes`),
  ...ofImage(ARTIFACT),
  ...with_(asJar, [field(`${ARTIFACT}.entryClass`, is.line(WORD)), field(`${ARTIFACT}.mainArgs`, is.text(500_000))]),
  field(`${ARTIFACT}.additionalDependencies`, is.listOfLines(URI)),
];

const asSql = { spec: { template: { spec: { artifact: { kind: 'SQLSCRIPT', jarUri: undefined, sqlScript: 'INSERT' } } } } };
const asPython = { spec: { template: { spec: { artifact: { kind: 'PYTHON', jarUri: undefined, pythonArtifactUri: 's3://b/x.py' } } } } };

const ofOtherArtifacts: readonly Field[] = [
  ...with_(asSql, [
    field(
      `${ARTIFACT}.sqlScript`,
      is.string(900_000).filter(([what]) => what !== '900001 characters'),
    ),
  ]),
  ...with_(asPython, [
    field(`${ARTIFACT}.pythonArtifactUri`, is.filledLine(URI)),
    field(`${ARTIFACT}.entryModule`, is.line(WORD)),
    field(`${ARTIFACT}.additionalPythonLibraries`, is.listOfLines(URI)),
    field(`${ARTIFACT}.additionalPythonArchives`, is.listOfLines(URI)),
  ]),
];

export const DEPLOYMENT: readonly Field[] = [
  ...ofEnvelope('Deployment'),
  ...ofMetadata,
  field('metadata.name', is.SLUG_NAME),
  field('metadata.displayName', is.string(100_000)),
  field('spec', is.required('is missing; it must be a mapping'), [
    ['text', 'x', 'must be a mapping'],
    ['a list', [], 'must be a mapping'],
  ]),
  field('spec.template', is.required('is missing; it must be a mapping'), [
    ['text', 'x', 'must be a mapping'],
    ['a list', [], 'must be a mapping'],
  ]),
  field(TEMPLATE, is.required('is missing; it must be a mapping'), [
    ['text', 'x', 'must be a mapping'],
    ['a list', [], 'must be a mapping'],
  ]),
  ...ofSpec,
  field(ARTIFACT, is.required('is missing; it must be a mapping')),
  field('spec.upgradeStrategy.kind', is.required("missing type id property 'kind'; it must be one of NONE, STATELESS, STATEFUL")),
  ...with_({ spec: { restoreStrategy: { allowNonRestoredState: true } } }, [
    field('spec.restoreStrategy.kind', is.required(`missing type id property 'kind'; it must be one of ${STRATEGIES.join(', ')}`)),
  ]),
  field(`${ARTIFACT}.kind`, is.required("missing type id property 'kind'; it must be one of JAR, SQLSCRIPT, PYTHON"), [
    ['unknown', 'EXE', 'must be one of JAR, SQLSCRIPT, PYTHON'],
    ['empty', '', 'must be one of JAR, SQLSCRIPT, PYTHON'],
    ['a number', 7, 'must be one of JAR, SQLSCRIPT, PYTHON'],
    ['a list', ['JAR'], 'must be one of JAR, SQLSCRIPT, PYTHON'],
    ['with a control character', 'JAR\u0007', 'must be one of JAR, SQLSCRIPT, PYTHON'],
  ]),
  field(`${ARTIFACT}.jarUri`, is.required(NO_URI), [
    ['empty', '', NO_URI],
    ['a number', 7, NO_URI],
    ['a list', ['a'], NO_URI],
    ['two lines', 'a\nb', 'must not contain control characters'],
    ['a control character', 'a\u0007', 'must not contain control characters'],
    ['4097 characters', 'a'.repeat(4097), 'must be at most 4096 characters long'],
  ]),
  ...ofOtherArtifacts,
];

export const DEFAULTS: readonly Field[] = [...ofEnvelope('DeploymentDefaults'), ...ofMetadata, ...ofSpec];

const CLUSTER_SPEC = 'spec';
export const CLUSTER: readonly Field[] = [
  ...ofEnvelope('SessionCluster'),
  ...ofMetadata,
  field('metadata.name', is.SLUG_NAME),
  field('spec.state', is.choice('RUNNING', 'STOPPED')),
  field('spec.deploymentTargetName', is.WIDE_NAME),
  field('spec.numberOfTaskManagers', is.whole(1, 32_768)),
  field('spec.flinkConfiguration', CONFIGURATION),
  field('spec.external', [
    ['text', 'x', 'must be a mapping'],
    ['a list', [], 'must be a mapping'],
  ]),
  ...with_({ spec: { deploymentTargetName: undefined } }, [
    field('spec.external.url', [
      ['a number', 7, 'must be text'],
      ['empty', '', 'must be …'],
      ['no URL', 'x', 'must be …'],
      ['another scheme', 'file:///etc/passwd', 'must be …'],
    ]),
  ]),
  ...ofImage(CLUSTER_SPEC),
  ...ofResources('spec.resources'),
  ...ofLogging('spec.logging'),
  ...ofKubernetes('spec.kubernetes'),
];

export const TARGET: readonly Field[] = [
  ...ofEnvelope('DeploymentTarget'),
  ...ofMetadata,
  field('metadata.name', is.WIDE_NAME),
  ...with_({ spec: { local: undefined } }, [field('spec.kubernetes.namespace', is.filledLine(63))]),
  field('spec.local', is.struct('none')),
];

export const SECRET: readonly Field[] = [
  ...ofEnvelope('SecretValue'),
  ...ofMetadata,
  field('metadata.name', is.WIDE_NAME),
  field('spec.kind', is.required('must be Plain'), is.literal('Plain')),
  field('spec.value', is.required('is missing; it must be text'), is.text(65_536)),
];
