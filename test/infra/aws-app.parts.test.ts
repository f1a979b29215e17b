// The program of infra/aws: what it refuses, in which words, and that nothing slips past its checks.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { CDK, installCdk } from './installed-cdk.ts';
import { emptyBundles, runApp, runNode } from './synthesis.ts';
import { type Context, LAMBDA, LEAST } from './variants.ts';

const folder = temporaryFolder();
const artefacts = join(folder, 'bundles');

const READ_EACH = `
  import { readSettings } from './settings.ts';
  for (const context of JSON.parse(process.argv[1])) {
    try {
      console.log(JSON.stringify(readSettings(context)));
    } catch (error) {
      console.log(error.message);
    }
  }
`;

beforeAll(async () => {
  await Promise.all([installCdk(), emptyBundles(artefacts)]);
}, 400_000);

const issuer: Context = { authIssuer: 'https://login.example.com/', authAudience: 'drey', authJwksUrl: 'https://login.example.com/keys' };

describe('a context', () => {
  /** All of them are read by one process. */
  let said: readonly string[] = [];
  beforeAll(async () => {
    const contexts = cases.map(([, context]) => ({ ...LEAST, ...context }));
    const { output } = await runNode(READ_EACH, [JSON.stringify(contexts)]);
    said = output.split('\n');
  });

  const cases: readonly (readonly [string, Context, string])[] = [
    ['without Temporal', { temporalAddress: '' }, 'context temporalAddress: is missing: -c temporalAddress=<host>:7233 names the Temporal server'],
    ['with an address that is none', { temporalAddress: 'temporal' }, 'context temporalAddress: must be a host and a port'],
    ['with a worker that is none', { worker: 'docker' }, 'context worker: must be fargate or lambda'],
    ['with a key nobody knows', { wroker: 'lambda' }, 'context wroker: is not known; known are name, artefacts, temporalAddress'],
    ['with a worker that nobody may invoke', { ...LAMBDA, temporalInvokerArn: '' }, 'context temporalInvokerArn: is missing'],
    [
      'with a build before that is no container',
      { ...LAMBDA, previousWorkerImage: '1.dkr.ecr.a.amazonaws.com/b:c' },
      'context previousWorkerImage: is for worker=fargate only',
    ],
    ['with an image that is none', { previousWorkerImage: 'drey' }, 'context previousWorkerImage: must be the address of an image in ECR'],
    ['with one subnet', { vpcId: 'vpc-0a', privateSubnetIds: 'subnet-0a' }, 'context privateSubnetIds: must name two subnets'],
    ['with subnets of nothing', { privateSubnetIds: 'subnet-0a,subnet-0b' }, 'context privateSubnetIds: needs vpcId'],
    ['with half a domain', { domainName: 'drey.example.com' }, 'context certificateArn: is missing'],
    ['with an issuer and no admin', issuer, 'context admins: is missing'],
    ['with a retention that CloudWatch does not know', { logRetentionDays: '31' }, 'context logRetentionDays: must be one of 1, 3, 5'],
    ['with a capacity upside down', { minCapacity: '8' }, 'context maxCapacity: must not be below minCapacity'],
    ['with a database that would sleep', { minCapacity: '0' }, 'context minCapacity: must be from 0.5 to 256'],
    ['with no request at once', { apiConcurrency: '0' }, 'context apiConcurrency: must be from 1 to 1000'],
    ['with a text where a number belongs', { apiConcurrency: 'many' }, 'context apiConcurrency: must be from 1 to 1000'],
  ];

  it.each(cases)('%s is refused in words that name the key', (_, context, sentence) => {
    expect(said[cases.findIndex(([, each]) => each === context)]).toContain(sentence);
  });

  it('that is wrong ends the program with one sentence, and no stack trace', async () => {
    const ended = await runApp({ ...LEAST, worker: 'docker' }, { folder: join(folder, 'refused') });
    expect(ended).toEqual({ code: 1, output: 'context worker: must be fargate or lambda\n' });
  });
});

describe('the program', () => {
  it('says what to run where the functions were not built', async () => {
    const { code, output } = await runApp({ ...LEAST, artefacts: join(folder, 'nothing') }, { folder: join(folder, 'unbuilt') });
    expect([code, output]).toEqual([1, expect.stringContaining('api.mjs is missing: run npm run build:lambda')]);
  });

  it('ends with what cdk-nag finds', async () => {
    const text = await readFile(join(CDK, 'app.ts'), 'utf8');
    const planted = text.replace(
      'app.synth();',
      "new (await import('aws-cdk-lib/aws-s3')).Bucket(app.node.findChild('drey') as any, 'Planted');\napp.synth();",
    );
    expect(planted).not.toBe(text);
    const { code, output } = await runApp({ ...LEAST, ...LAMBDA, artefacts }, { folder: join(folder, 'planted'), source: planted });
    expect([code, output]).toEqual([1, expect.stringContaining('AwsSolutions-S1')]);
    expect(output).not.toContain('drey/Storage');
  });
});
