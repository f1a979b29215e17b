// Contexts of what can be deployed, as an operator would give them.

export type Context = Readonly<Record<string, unknown>>;

/** What no variant can be without. */
export const LEAST: Context = { temporalAddress: 'temporal.example.com:7233' };

export const LAMBDA: Context = {
  worker: 'lambda',
  temporalInvokerArn: 'arn:aws:iam::111122223333:role/temporal,arn:aws:iam::444455556666:root',
  temporalExternalId: 'drey-and-temporal',
};

export const EXISTING: Context = {
  vpcId: 'vpc-0a1b2c3d',
  privateSubnetIds: 'subnet-0a1b2c3d,subnet-0e4f5a6b',
  availabilityZones: 'eu-central-1a,eu-central-1b',
  databaseUrlSecret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:drey/database-AbCdEf',
};

export const DOMAIN: Context = {
  name: 'drey-live',
  domainName: 'drey.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/0b9d7c52-6b0f-4a55-9a3a-0d6f9bd3a7c1',
  hostedZoneId: 'Z0123456789ABC',
  authIssuer: 'https://login.example.com/',
  authAudience: 'drey',
  authJwksUrl: 'https://login.example.com/keys',
  admins: 'group:operators',
  alarmEmail: 'operators@example.com',
  temporalApiKeySecret: 'temporal/api-key',
  logRetentionDays: '90',
};

/** An image of the build before. */
export const PREVIOUS = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/cdk-hnb659fds-container-assets:0b9d7c52';

/** What is synthesised, by what it is called in the tests. */
export const VARIANTS: readonly (readonly [string, Context])[] = [
  ['workers as containers', {}],
  ['a worker as a function', LAMBDA],
  ['a network and a database that are there already', EXISTING],
  ['a domain and an issuer of JWTs', { ...DOMAIN, ...LAMBDA, apiConcurrency: '20' }],
  ['a build beside the one before', { previousWorkerImage: PREVIOUS }],
];
