// Workers as containers on Fargate: always there, more of them when work piles up, and given two minutes to finish what they have begun.
import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AdjustmentType } from 'aws-cdk-lib/aws-applicationautoscaling';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
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
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ROOT } from './artefacts.ts';
import { type Foundation, grantSecrets, workerEnvironmentOf } from './foundation.ts';
import { createLogGroup } from './log-group.ts';
import type { Metrics } from './metrics.ts';
import { grantBlobs } from './storage.ts';

const PORT = 8081;
/** Of the image, which has no other. */
const USER = '65532';

/** Two services while one build follows another: the one of these sources, and the one whose runs are still open. */
export function createWorkerContainers(parent: Construct, foundation: Foundation, { metrics, previousImage }: WorkerContainers): void {
  const scope = new Construct(parent, 'Worker');
  const cluster = new Cluster(scope, 'Cluster', { vpc: foundation.network.vpc, containerInsightsV2: ContainerInsights.ENABLED });
  const asset = new DockerImageAsset(scope, 'Image', { directory: ROOT, file: 'infra/images/Dockerfile', target: 'worker', platform: Platform.LINUX_ARM64 });
  const task = createTask(scope, foundation, { id: 'Task', image: ContainerImage.fromDockerImageAsset(asset) });
  const service = createService(scope, foundation, { id: 'Service', cluster, task, desiredCount: 2 });
  scaleByBacklog(service, metrics);
  new CfnOutput(scope, 'ImageUri', { description: 'The image of this build: previousWorkerImage of the next deployment', value: asset.imageUri });
  if (previousImage === undefined) return;
  // It lies in the same repository, which the role of the new one may read.
  const roles = { taskRole: task.taskRole, executionRole: task.obtainExecutionRole() };
  const previous = createTask(scope, foundation, { id: 'PreviousTask', image: ContainerImage.fromRegistry(previousImage), roles });
  // Stable before the workers of its build go.
  service.node.addDependency(createService(scope, foundation, { id: 'PreviousService', cluster, task: previous, desiredCount: 1 }));
}

interface WorkerContainers {
  readonly metrics: Metrics;
  readonly previousImage?: string;
}

interface ServiceOrder {
  readonly id: string;
  readonly cluster: Cluster;
  readonly task: FargateTaskDefinition;
  readonly desiredCount: number;
}

function createService(scope: Construct, { network, database }: Foundation, { id, cluster, task, desiredCount }: ServiceOrder): FargateService {
  const service = new FargateService(scope, id, {
    cluster,
    taskDefinition: task,
    desiredCount,
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
  return service;
}

function scaleByBacklog(service: FargateService, metrics: Metrics): void {
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
}

interface TaskOrder {
  readonly id: string;
  readonly image: ContainerImage;
  /** Of another task, which may do the same. */
  readonly roles?: { readonly taskRole: IRole; readonly executionRole: IRole };
}

function createTask(scope: Construct, foundation: Foundation, { id, image, roles }: TaskOrder): FargateTaskDefinition {
  const task = new FargateTaskDefinition(scope, id, {
    cpu: 512,
    memoryLimitMiB: 1024,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    volumes: [{ name: 'tmp' }],
    ...roles,
  });
  addContainer(task, foundation, image);
  acknowledge(task);
  if (roles !== undefined) return task;
  grantSecrets(foundation, task.taskRole);
  grantBlobs(foundation.storage, task.taskRole);
  foundation.bus.grantPutEventsTo(task.taskRole);
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

function addContainer(task: FargateTaskDefinition, foundation: Foundation, image: ContainerImage): void {
  const container = task.addContainer('worker', {
    image,
    environment: { ...workerEnvironmentOf(foundation), AWS_REGION: Stack.of(task).region, PORT: String(PORT) },
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
    logging: LogDrivers.awsLogs({ logGroup: createLogGroup(task, 'Log', foundation.settings), streamPrefix: 'worker' }),
  });
  container.addMountPoints({ sourceVolume: 'tmp', containerPath: '/tmp', readOnly: false });
}
