// The infrastructure for AWS as it is synthesised, in each of its variants: what the templates say, not what an account makes of them.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RECONCILE } from '../../functions/schedule.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { pythonTool } from '../setup/python.ts';
import { CDK, installCdk } from './installed-cdk.ts';
import { emptyBundles, run, type Synthesis, synthesise } from './synthesis.ts';
import { allOf, allowedTo, environmentsOf, grantedBy, type Template, theOne } from './template.ts';
import { type Context, EXISTING, LEAST, PREVIOUS, VARIANTS } from './variants.ts';

const names = VARIANTS.map(([name]) => name);
const folder = temporaryFolder();
const made = new Map<string, Synthesis>();
const given: Context = { ...LEAST, artefacts: join(folder, 'bundles') };

function of(name: string): Synthesis {
  const synthesis = made.get(name);
  if (synthesis === undefined) throw new Error(`${name} was not synthesised`);
  return synthesis;
}

const [containers = '', functions = '', existing = '', domain = '', besides = ''] = names;
const template = (name: string): Template => of(name).template;

beforeAll(async () => {
  await Promise.all([installCdk(), emptyBundles(join(folder, 'bundles'))]);
  for (const [index, [name, context]] of VARIANTS.entries()) made.set(name, await synthesise({ ...given, ...context }, join(folder, `${index}`)));
}, 400_000);

describe.each(names)('the template of %s', (name) => {
  it('asks no account, and cdk-nag finds nothing in it', () => {
    const { lookups, findings, output } = of(name);
    expect([lookups, findings, output]).toEqual([undefined, [], '']);
  });

  it('is clean for cfn-lint', async () => {
    // W3005: CDK lets a function wait for its role and for what the role may do, and the first goes without saying.
    const lint = await run(await pythonTool('cfn-lint'), ['--ignore-checks', 'W3005', '--', of(name).file]);
    expect(lint).toEqual({ code: 0, output: '' });
  });

  it('allows no action on everything but those that know no resource', () => {
    const onEverything = grantedBy(template(name)).filter(({ on }) => on === '"*"');
    // In the policy of a key, everything is the key.
    const actions = new Set(onEverything.filter(({ type }) => type !== 'AWS::KMS::Key').map(({ action }) => action));
    const network = ['AssignPrivateIpAddresses', 'CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets'];
    const known = [...network, 'UnassignPrivateIpAddresses'].map((action) => `ec2:${action}`);
    expect([...actions].filter((action) => action !== 'ecr:GetAuthorizationToken').sort()).toEqual(known.sort());
  });

  it('allows no groups of actions, but to the owner of the key', () => {
    const groups = grantedBy(template(name)).filter(({ action }) => action.includes('*'));
    expect([...new Set(groups.map(({ type }) => type))]).toEqual(['AWS::KMS::Key']);
  });

  it('keeps no log for ever', () => {
    const logs = allOf(template(name), 'AWS::Logs::LogGroup').map(({ Properties }) => Properties['RetentionInDays']);
    expect(new Set(logs)).toEqual(new Set([name === domain ? 90 : 30]));
    for (const { Properties } of allOf(template(name), 'AWS::Lambda::Function')) expect(Properties).toHaveProperty('LoggingConfig.LogGroup.Ref');
  });

  it('keeps blobs, their former versions for 30 days, and never removes a current one', () => {
    const bucket = theOne(template(name), 'AWS::S3::Bucket', 'StorageBlobs');
    expect(bucket).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      },
    });
    const { Rules } = bucket.Properties['LifecycleConfiguration'] as { readonly Rules: readonly object[] };
    expect(Rules.map((rule) => Object.keys(rule).filter((key) => !['Id', 'Status'].includes(key)))).toEqual([
      ['AbortIncompleteMultipartUpload'],
      ['ExpiredObjectDeleteMarker', 'NoncurrentVersionExpiration'],
    ]);
  });

  it('keeps the key of the secret values, as drey takes it: 64 hexadecimal digits', () => {
    const secret = theOne(template(name), 'AWS::SecretsManager::Secret', 'SecretsSecretKey');
    expect([secret.DeletionPolicy, secret.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    const excluded = { ExcludeUppercase: true, ExcludePunctuation: true, ExcludeCharacters: 'ghijklmnopqrstuvwxyz' };
    expect(secret.Properties['GenerateSecretString']).toEqual({ PasswordLength: 64, RequireEachIncludedType: false, ...excluded });
  });

  it('has the fleet looked at every minute', () => {
    const { ScheduleExpression, Target } = theOne(template(name), 'AWS::Scheduler::Schedule').Properties;
    expect([ScheduleExpression, Target]).toMatchObject(['rate(1 minute)', { RetryPolicy: { MaximumRetryAttempts: 0 } }]);
    expect((Target as { readonly Input: string }).Input).toBe(JSON.stringify(RECONCILE));
    expect(theOne(template(name), 'AWS::Lambda::Function', 'Schedule').Properties).toMatchObject({ Handler: 'schedule.handler', Timeout: 60 });
  });

  it('lets functions and workers reach what has a private address', () => {
    const told = [...environmentsOf(template(name)).entries()].map(([of, { DREY_PRIVATE_ADDRESSES: value }]) => [of, value]);
    for (const beginning of ['ApiHandlerFunction', 'ApiStreamFunction', 'ScheduleHandlerFunction', 'Worker(Task|HandlerFunction)'])
      expect(told).toContainEqual([expect.stringMatching(`^${beginning}`), '1']);
  });

  it('reserves a part of the concurrency of the account only where that is asked for', () => {
    const reserved = allOf(template(name), 'AWS::Lambda::Function').map(({ Properties }) => Properties['ReservedConcurrentExecutions']);
    expect(reserved.filter((each) => each !== undefined)).toEqual(name === domain ? [20, 20] : []);
  });

  it('raises an alarm for each thing that somebody must look at', () => {
    const alarms = allOf(template(name), 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    const rules = alarms.map((alarm) => [alarm['MetricName'], alarm['Threshold'], alarm['DatapointsToAlarm'] ?? alarm['EvaluationPeriods']]);
    const known = ['SweepAge', 'WorkflowTaskFailures', 'ScheduleToStart', 'FailedDeployments', '5xx', 'Url5xxCount'];
    expect(rules.filter(([metric]) => known.includes(String(metric)))).toEqual([
      ['SweepAge', 300, 1],
      ['WorkflowTaskFailures', 0, 3],
      ['ScheduleToStart', 60_000, 5],
      ['FailedDeployments', 0, 1],
      ['5xx', 0, 3],
      ['Url5xxCount', 0, 3],
    ]);
    const schedule = { Name: 'FunctionName', Value: { Ref: expect.stringMatching(/^ScheduleHandlerFunction/) } };
    for (const alarm of alarms.filter((each) => each['Namespace'] === 'drey')) expect(alarm['Dimensions']).toEqual([schedule]);
    expect(alarms.filter((each) => each['TreatMissingData'] === 'breaching').map((each) => each['MetricName'])).toEqual(['SweepAge']);
  });
});

describe('what is synthesised', () => {
  it('is understood by the CLI of the lock file', async () => {
    const { code, output } = await run(join(CDK, 'node_modules', '.bin', 'cdk'), ['list', '--app', dirname(of(containers).file)]);
    expect([code, output]).toEqual([0, 'drey\n']);
  });
});

describe('workers as containers', () => {
  const task = (): Record<string, unknown> => {
    const [container] = theOne(template(containers), 'AWS::ECS::TaskDefinition').Properties['ContainerDefinitions'] as Record<string, unknown>[];
    return container ?? {};
  };

  it('have two minutes to finish what they have begun', () => {
    expect(task()['StopTimeout']).toBe(120);
  });

  it('write to /tmp only, as nobody', () => {
    expect(task()).toMatchObject({ ReadonlyRootFilesystem: true, User: '65532', MountPoints: [{ ContainerPath: '/tmp', ReadOnly: false }] });
  });

  it('are two, are brought back to the build before where a new one does not come up, and grow with what waits', () => {
    const { DesiredCount, DeploymentConfiguration } = theOne(template(containers), 'AWS::ECS::Service').Properties;
    expect([DesiredCount, DeploymentConfiguration]).toMatchObject([2, { DeploymentCircuitBreaker: { Enable: true, Rollback: true } }]);
    const scaled = theOne(template(containers), 'AWS::ApplicationAutoScaling::ScalableTarget').Properties;
    expect(scaled).toMatchObject({ MinCapacity: 1, MaxCapacity: 10 });
    const steps = allOf(template(containers), 'AWS::CloudWatch::Alarm').filter(({ Properties }) => Properties['MetricName'] === 'Backlog');
    expect(steps).toHaveLength(2);
  });

  it('start when there is a way out and a database', () => {
    const { DependsOn } = theOne(template(containers), 'AWS::ECS::Service');
    expect(DependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^NetworkVpcworkloads.*DefaultRoute/), expect.stringMatching(/^DatabaseClusterWriter/)]),
    );
  });

  it('of the build before stay as a service of their own, which is up before the others are replaced', () => {
    const [service, previous] = ['WorkerService', 'WorkerPreviousService'].map((id) => theOne(template(besides), 'AWS::ECS::Service', id));
    expect(previous?.Properties).toMatchObject({ DesiredCount: 1, TaskDefinition: { Ref: expect.stringMatching(/^WorkerPreviousTask/) } });
    expect(service?.DependsOn).toContainEqual(expect.stringMatching(/^WorkerPreviousService/));
    const [task, before] = ['WorkerTask', 'WorkerPreviousTask'].map((id) => theOne(template(besides), 'AWS::ECS::TaskDefinition', id).Properties);
    expect(before?.['ContainerDefinitions']).toMatchObject([{ Image: PREVIOUS, ReadonlyRootFilesystem: true, User: '65532' }]);
    for (const role of ['TaskRoleArn', 'ExecutionRoleArn']) expect(before?.[role]).toEqual(task?.[role]);
  });

  it('tell the image of their build', () => {
    const outputs = Object.keys(template(containers).Outputs);
    expect(outputs).toContainEqual(expect.stringMatching(/^WorkerImageUri/));
  });

  it('are built for the processors they run on', async () => {
    const assets = await readFile(join(dirname(of(containers).file), 'drey.assets.json'), 'utf8');
    const { dockerImages } = JSON.parse(assets) as { readonly dockerImages: object };
    const source = { dockerFile: 'infra/images/Dockerfile', dockerBuildTarget: 'worker', platform: 'linux/arm64' };
    expect(Object.values(dockerImages)).toMatchObject([{ source }]);
    const { RuntimePlatform } = theOne(template(containers), 'AWS::ECS::TaskDefinition').Properties;
    expect(RuntimePlatform).toEqual({ CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' });
  });

  it('may use the blobs, the key, the secrets and the bus, and nothing else', () => {
    expect(allowedTo(template(containers), 'WorkerTaskTaskRole')).toEqual([
      'events:PutEvents',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      's3:AbortMultipartUpload',
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:ListMultipartUploadParts',
      's3:PutObject',
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
    ]);
  });

  it('hold no secret in their settings', () => {
    const settings = (task()['Environment'] as { readonly Name: string }[]).map(({ Name }) => Name);
    expect(settings.filter((each) => /DATABASE|SECRET|TOKEN|API_KEY/.test(each))).toEqual(['DATABASE_URL_FROM', 'DREY_SECRET_KEY_FROM']);
  });
});

describe('a worker as a function', () => {
  it('is invoked once, in a version that stays', () => {
    const settings = allOf(template(functions), 'AWS::Lambda::EventInvokeConfig').filter(({ Properties }) => JSON.stringify(Properties).includes('"Worker'));
    expect(settings.map(({ Properties }) => Properties['MaximumRetryAttempts'])).toEqual([0, 0]);
    expect(theOne(template(functions), 'AWS::Lambda::Version').DeletionPolicy).toBe('Retain');
    const told = Object.entries(template(functions).Outputs).find(([id]) => id.startsWith('WorkerVersionArn'))?.[1].Value;
    expect(told).toEqual({ Ref: expect.stringMatching(/^WorkerHandlerFunctionCurrentVersion/) });
  });

  it('has room for several jars of the greatest size, which is 1 GiB', () => {
    expect(theOne(template(functions), 'AWS::Lambda::Function', 'WorkerHandler').Properties).toHaveProperty('EphemeralStorage.Size', 4096);
  });

  it('is invoked by Temporal alone, in no version but those that were published', () => {
    expect(allowedTo(template(functions), 'WorkerInvoker')).toEqual(['lambda:GetFunction', 'lambda:InvokeFunction']);
    const role = JSON.stringify(theOne(template(functions), 'AWS::IAM::Role', 'WorkerInvoker').Properties);
    for (const said of ['"sts:ExternalId":"drey-and-temporal"', 'arn:aws:iam::111122223333:role/temporal']) expect(role).toContain(said);
    const policy = JSON.stringify(theOne(template(functions), 'AWS::IAM::Policy', 'WorkerInvoker').Properties);
    expect(policy).toMatch(/"Effect":"Deny","Resource":[^\]]+\]},":\$LATEST"/);
  });
});

describe('what is there already', () => {
  it('is used as it is', () => {
    const made = new Set(Object.values(template(existing).Resources).map(({ Type }) => Type));
    for (const type of ['AWS::EC2::VPC', 'AWS::EC2::NatGateway', 'AWS::RDS::DBCluster']) expect(made).not.toContain(type);
    const { VpcConfig, Environment } = theOne(template(existing), 'AWS::Lambda::Function', 'ApiHandler').Properties;
    expect(VpcConfig).toMatchObject({ SubnetIds: ['subnet-0a1b2c3d', 'subnet-0e4f5a6b'] });
    expect(Environment).toMatchObject({ Variables: { DATABASE_URL_FROM: `secret:${String(EXISTING['databaseUrlSecret'])}` } });
  });
});

describe('a domain and an issuer', () => {
  it('are the only way in', () => {
    const api = theOne(template(domain), 'AWS::ApiGatewayV2::Api').Properties;
    expect([api['Name'], api['DisableExecuteApiEndpoint']]).toEqual(['drey-live', true]);
    expect(theOne(template(domain), 'AWS::Route53::RecordSet').Properties).toMatchObject({ Name: 'drey.example.com', Type: 'A' });
    const { Variables } = theOne(template(domain), 'AWS::Lambda::Function', 'ApiHandler').Properties['Environment'] as { readonly Variables: object };
    expect(Variables).toMatchObject({ DREY_AUTH: 'oidc', DREY_OIDC_ISSUER: 'https://login.example.com/', DREY_ADMINS: 'group:operators' });
    expect(Variables).not.toHaveProperty('DREY_ADMIN_TOKEN_FROM');
    expect(Variables).toHaveProperty('TEMPORAL_API_KEY_FROM');
  });
});
