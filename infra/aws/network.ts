// The network: one of its own over two zones, with one way out to Temporal, or one that is there already. Workloads have no addresses that anybody
// outside could reach.
import {
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { createLogGroup } from './log-group.ts';
import type { Settings } from './settings.ts';

export interface Network {
  readonly vpc: IVpc;
  /** Of functions and workers. */
  readonly workloads: SubnetSelection;
  readonly databases: SubnetSelection;
  /** Of functions and workers: what they reach lets this group in. */
  readonly securityGroup: ISecurityGroup;
}

export function createNetwork(parent: Construct, settings: Settings): Network {
  const scope = new Construct(parent, 'Network');
  const { network } = settings;
  const chosen = network.kind === 'own' ? ownNetwork(scope, settings) : existingNetwork(scope, network);
  const securityGroup = new SecurityGroup(scope, 'Workloads', { vpc: chosen.vpc, description: 'Functions and workers of drey', allowAllOutbound: true });
  return { ...chosen, securityGroup };
}

type Subnets = Omit<Network, 'securityGroup'>;

function ownNetwork(scope: Construct, settings: Settings): Subnets {
  const vpc = new Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 1,
    gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    subnetConfiguration: [
      { name: 'public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false, cidrMask: 24 },
      { name: 'workloads', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      { name: 'databases', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
    ],
    flowLogs: { all: { destination: FlowLogDestination.toCloudWatchLogs(createLogGroup(scope, 'FlowLog', settings)) } },
  });
  return { vpc, workloads: { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, databases: { subnetType: SubnetType.PRIVATE_ISOLATED } };
}

type Existing = Extract<Settings['network'], { readonly kind: 'existing' }>;

function existingNetwork(scope: Construct, { vpcId, subnetIds, zones }: Existing): Subnets {
  const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId, availabilityZones: [...zones], privateSubnetIds: [...subnetIds] });
  const subnets = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  return { vpc, workloads: subnets, databases: subnets };
}
