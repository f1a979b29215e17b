// What an operator may say about a deployment to AWS: the context of CDK, read once, here. A value that is wrong or not known stops the synthesis with
// one sentence that names the key and says what would be right.
import { asList, asNumber, asOneOf, asText, wrong } from './context-values.ts';

export type WorkerChoice =
  /** The image of the build before, while its runs are still open. */
  | { readonly kind: 'fargate'; readonly previousImage?: string }
  /** Who of Temporal may invoke the function, and the id that both sides have agreed on. */
  | { readonly kind: 'lambda'; readonly invokers: readonly string[]; readonly externalId: string };

export type NetworkChoice =
  | { readonly kind: 'own' }
  | { readonly kind: 'existing'; readonly vpcId: string; readonly subnetIds: readonly string[]; readonly zones: readonly string[] };

export type DatabaseChoice =
  /** In Aurora's units of capacity. */
  { readonly kind: 'own'; readonly minCapacity: number; readonly maxCapacity: number } | { readonly kind: 'existing'; readonly urlSecret: string };

export type AccessChoice =
  | { readonly kind: 'tokens'; readonly admins: readonly string[] }
  | { readonly kind: 'oidc'; readonly issuer: string; readonly audience: string; readonly jwksUrl: string; readonly admins: readonly string[] };

export interface DomainChoice {
  readonly name: string;
  readonly certificateArn: string;
  readonly hostedZoneId?: string;
}

export interface TemporalChoice {
  readonly address: string;
  readonly namespace: string;
  readonly apiKeySecret?: string;
}

export interface Settings {
  /** Of the stack, and of what needs a name of its own. */
  readonly name: string;
  /** The folder of what `npm run build:lambda` built, where that is not `dist`. */
  readonly artefacts?: string;
  readonly temporal: TemporalChoice;
  readonly worker: WorkerChoice;
  readonly network: NetworkChoice;
  readonly database: DatabaseChoice;
  readonly access: AccessChoice;
  readonly domain?: DomainChoice;
  readonly alarmEmail?: string;
  readonly logRetentionDays: number;
  /** How many requests each of the two functions of the API works on at once, reserved for it; undefined: as many as the account lets it. */
  readonly apiConcurrency?: number;
}

/** What CloudWatch knows. */
const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

const aSecret = asText(
  /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-\w{6}|[\w/+=.@-]{1,512})$/,
  'the name or the whole ARN of a secret in Secrets Manager',
);
const anAddress = asText(/^https:\/\/\S+$/, 'an address that begins with https://');
/** Zero would let a database sleep that nobody asks; the schedule asks every minute. */
const capacity = (fallback: number) =>
  asNumber({ fallback, isRight: (value) => value >= 0.5 && value <= 256 && Number.isInteger(value * 2), form: 'from 0.5 to 256 in steps of 0.5' });

/** Every key, and what it may hold. */
const KEYS = {
  name: asText(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and "-", 40 at most'),
  artefacts: asText(/./, 'a folder'),
  temporalAddress: asText(/^[A-Za-z0-9.-]+:\d{1,5}$/, 'a host and a port, for example orders.a1b2c.tmprl.cloud:7233'),
  temporalNamespace: asText(/^\S+$/, 'the name of a namespace'),
  temporalApiKeySecret: aSecret,
  worker: asOneOf(['fargate', 'lambda']),
  previousWorkerImage: asText(/^\S+\.dkr\.ecr\.\S+[:@]\S+$/, 'the address of an image in ECR: WorkerImageUri of the deployment before'),
  temporalInvokerArn: asList(/^arn:aws[a-z-]*:iam::\d{12}:(root|(role|user)\/\S+)$/, 'ARNs of IAM roles, separated by ","'),
  temporalExternalId: asText(/^[\w+=,.@:/-]{2,1224}$/, 'the external id that Temporal shows'),
  vpcId: asText(/^vpc-[0-9a-f]+$/, 'the id of a VPC, for example vpc-0a1b2c3d'),
  privateSubnetIds: asList(/^subnet-[0-9a-f]+$/, 'ids of subnets, separated by ","'),
  availabilityZones: asList(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'zones such as eu-central-1a, separated by ","'),
  databaseUrlSecret: aSecret,
  minCapacity: capacity(0.5),
  maxCapacity: capacity(4),
  domainName: asText(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a name such as drey.example.com'),
  certificateArn: asText(/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/\S+$/, 'the ARN of a certificate of ACM'),
  hostedZoneId: asText(/^Z[A-Z0-9]+$/, 'the id of a hosted zone of Route 53'),
  authIssuer: anAddress,
  authAudience: asText(/^\S+$/, 'what the tokens are made for'),
  authJwksUrl: anAddress,
  admins: asList(/^(user|group):[^\s,]+$/, '"user:<id>" or "group:<name>", separated by ","'),
  alarmEmail: asText(/^[^\s@]+@[^\s@]+$/, 'an e-mail address'),
  logRetentionDays: asNumber({ fallback: 30, isRight: (value) => RETENTIONS.includes(value), form: `one of ${RETENTIONS.join(', ')}` }),
  apiConcurrency: asNumber({ isRight: (value) => Number.isInteger(value) && value >= 1 && value <= 1000, form: 'from 1 to 1000' }),
};

type Given = { readonly [Key in keyof typeof KEYS]: ReturnType<(typeof KEYS)[Key]> };

/** One of these is in every key that is CDK's own. */
const FOREIGN = /[@:/_-]/;

/** Throws a SettingProblem. */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const stranger = Object.keys(context).find((key) => !FOREIGN.test(key) && !Object.hasOwn(KEYS, key));
  if (stranger !== undefined) throw wrong(stranger, `is not known; known are ${Object.keys(KEYS).join(', ')}`);
  const given = Object.fromEntries(Object.entries(KEYS).map(([key, read]) => [key, read(key, context[key])])) as Given;
  const { name = 'drey', artefacts, alarmEmail, logRetentionDays, apiConcurrency } = given;
  const domain = chooseDomain(given);
  return {
    name,
    ...(artefacts !== undefined && { artefacts }),
    temporal: chooseTemporal(given),
    worker: chooseWorker(given),
    network: chooseNetwork(given),
    database: chooseDatabase(given),
    access: chooseAccess(given),
    ...(domain !== undefined && { domain }),
    ...(alarmEmail !== undefined && { alarmEmail }),
    logRetentionDays,
    ...(apiConcurrency !== undefined && { apiConcurrency }),
  };
}

function chooseTemporal({ temporalAddress: address, temporalNamespace: namespace = 'default', temporalApiKeySecret: apiKeySecret }: Given): TemporalChoice {
  if (address === undefined) throw wrong('temporalAddress', 'is missing: -c temporalAddress=<host>:7233 names the Temporal server');
  return { address, namespace, ...(apiKeySecret !== undefined && { apiKeySecret }) };
}

function chooseWorker({ worker, previousWorkerImage: previousImage, temporalInvokerArn: invokers, temporalExternalId: externalId }: Given): WorkerChoice {
  if (worker === 'fargate') {
    if (invokers.length > 0) throw wrong('temporalInvokerArn', 'is for worker=lambda only');
    if (externalId !== undefined) throw wrong('temporalExternalId', 'is for worker=lambda only');
    return { kind: worker, ...(previousImage !== undefined && { previousImage }) };
  }
  if (previousImage !== undefined) throw wrong('previousWorkerImage', 'is for worker=fargate only: the versions of a function stay by themselves');
  if (invokers.length === 0) throw wrong('temporalInvokerArn', 'is missing: worker=lambda needs the ARN of the role by which Temporal comes');
  if (externalId === undefined) throw wrong('temporalExternalId', 'is missing: worker=lambda needs the external id that Temporal shows');
  return { kind: worker, invokers, externalId };
}

function chooseNetwork({ vpcId, privateSubnetIds: subnetIds, availabilityZones: zones }: Given): NetworkChoice {
  if (vpcId === undefined) {
    if (subnetIds.length > 0) throw wrong('privateSubnetIds', 'needs vpcId, the VPC they lie in');
    if (zones.length > 0) throw wrong('availabilityZones', 'needs vpcId');
    return { kind: 'own' };
  }
  if (subnetIds.length < 2) throw wrong('privateSubnetIds', 'must name two subnets of vpcId or more, each with a way to Temporal');
  if (zones.length !== subnetIds.length) throw wrong('availabilityZones', 'must name the zone of each subnet of privateSubnetIds, in the same order');
  return { kind: 'existing', vpcId, subnetIds, zones };
}

function chooseDatabase({ databaseUrlSecret: urlSecret, minCapacity, maxCapacity }: Given): DatabaseChoice {
  if (urlSecret !== undefined) return { kind: 'existing', urlSecret };
  if (maxCapacity < 1) throw wrong('maxCapacity', 'must be 1 or more');
  if (maxCapacity < minCapacity) throw wrong('maxCapacity', 'must not be below minCapacity');
  return { kind: 'own', minCapacity, maxCapacity };
}

function chooseDomain({ domainName: name, certificateArn, hostedZoneId }: Given): DomainChoice | undefined {
  if (name === undefined) {
    if (certificateArn !== undefined) throw wrong('certificateArn', 'needs domainName, the name it is for');
    if (hostedZoneId !== undefined) throw wrong('hostedZoneId', 'needs domainName, the name to be entered there');
    return undefined;
  }
  if (certificateArn === undefined) throw wrong('certificateArn', 'is missing: domainName needs a certificate in the same region');
  return { name, certificateArn, ...(hostedZoneId !== undefined && { hostedZoneId }) };
}

function chooseAccess({ authIssuer: issuer, authAudience: audience, authJwksUrl: jwksUrl, admins }: Given): AccessChoice {
  if (issuer === undefined) {
    if (audience !== undefined) throw wrong('authAudience', 'needs authIssuer');
    if (jwksUrl !== undefined) throw wrong('authJwksUrl', 'needs authIssuer');
    return { kind: 'tokens', admins };
  }
  if (audience === undefined) throw wrong('authAudience', 'is missing: authIssuer needs it');
  if (jwksUrl === undefined) throw wrong('authJwksUrl', 'is missing: authIssuer needs the address of its keys');
  if (admins.length === 0) throw wrong('admins', 'is missing: with authIssuer nobody would administer drey');
  return { kind: 'oidc', issuer, audience, jwksUrl, admins };
}
