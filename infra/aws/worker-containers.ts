// Workers as containers on Fargate: always there, more of them when work piles up, and given two minutes to finish what they have begun.
import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { AdjustmentType } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import {
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ROOT } from './artefacts.ts';
import { type Foundation, grantSecrets, workerEnvironmentOf } from './foundation.ts';
import { createLogGroup } from './log-group.ts';
import type { Metrics } from './metrics.ts';
import { grantBlobs } from './storage.ts';

const PORT = 8081;
/** Of the image, which has no other. */
const USER = '65532';

export function createWorkerContainers(parent: Construct, foundation: Foundation, metrics: Metrics): FargateService {
  const scope = new Construct(parent, 'Worker');
  const { network, database } = foundation;
  const service = new FargateService(scope, 'Service', {
    cluster: new Cluster(scope, 'Cluster', { vpc: network.vpc, containerInsightsV2: ContainerInsights.ENABLED }),
    taskDefinition: createTask(scope, foundation),
    desiredCount: 2,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    vpcSubnets: network.workloads,
    securityGroups: [network.securityGroup],
    assignPublicIp: false,
  });
  // A worker that finds no way out or no database ends, and a service of such workers is taken back.
  service.node.addDependency(network.vpc.selectSubnets(network.workloads).internetConnectivityEstablished);
  if (database.cluster !== undefined) service.node.addDependency(database.cluster);
  service.autoScaleTaskCount({ minCapacity: 1, maxCapacity: 10 }).scaleOnMetric('Backlog', {
    metric: metrics.backlog,
    adjustmentType: AdjustmentType.CHANGE_IN_CAPACITY,
    scalingSteps: [
      { upper: 1, change: -1 },
      { lower: 20, change: 1 },
      { lower: 200, change: 3 },
    ],
    evaluationPeriods: 3,
    cooldown: Duration.minutes(3),
  });
  return service;
}

function createTask(scope: Construct, foundation: Foundation): FargateTaskDefinition {
  const task = new FargateTaskDefinition(scope, 'Task', {
    cpu: 512,
    memoryLimitMiB: 1024,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    volumes: [{ name: 'tmp' }],
  });
  addContainer(scope, task, foundation);
  grantSecrets(foundation, task.taskRole);
  grantBlobs(foundation.storage, task.taskRole);
  foundation.bus.grantPutEventsTo(task.taskRole);
  acknowledge(task);
  return task;
}

function acknowledge(task: FargateTaskDefinition): void {
  Validations.of(task).acknowledge({
    id: 'AwsSolutions-ECS2',
    reason: 'None of the variables is secret: what is secret is named in them and read from Secrets Manager.',
  });
  Validations.of(task.obtainExecutionRole()).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'ecr:GetAuthorizationToken, by which ECS signs in to fetch the image, knows no resource.',
  });
}

function addContainer(scope: Construct, task: FargateTaskDefinition, foundation: Foundation): void {
  const container = task.addContainer('worker', {
    image: ContainerImage.fromAsset(ROOT, { file: 'infra/images/Dockerfile', target: 'worker', platform: Platform.LINUX_ARM64 }),
    environment: { ...workerEnvironmentOf(foundation), AWS_REGION: Stack.of(scope).region, PORT: String(PORT) },
    user: USER,
    readonlyRootFilesystem: true,
    stopTimeout: Duration.seconds(120),
    portMappings: [{ containerPort: PORT }],
    healthCheck: {
      command: ['CMD', 'node', 'app/container/probe.mjs', String(PORT)],
      interval: Duration.seconds(30),
      timeout: Duration.seconds(5),
      retries: 3,
      startPeriod: Duration.seconds(60),
    },
    logging: LogDrivers.awsLogs({ logGroup: createLogGroup(scope, 'Log', foundation.settings), streamPrefix: 'worker' }),
  });
  container.addMountPoints({ sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false });
}
