// A function as all of drey's are: in the network, with a log of its own and a role that allows what it needs and no more.
import { type Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, type FunctionProps, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type Bundle, bundleFolder } from './artefacts.ts';
import type { Environment, Foundation } from './foundation.ts';
import { createLogGroup } from './log-group.ts';

export interface FunctionOrder {
  readonly id: string;
  readonly description: string;
  readonly bundle: Bundle;
  /** `<file>.<export>` */
  readonly handler: string;
  readonly environment: Environment;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly more?: Pick<FunctionProps, 'ephemeralStorageSize' | 'reservedConcurrentExecutions' | 'retryAttempts' | 'maxEventAge' | 'currentVersionOptions'>;
}

export interface DreyFunction {
  readonly fn: LambdaFunction;
  readonly role: Role;
  readonly log: LogGroup;
}

/** The certificates of RDS, which the runtime has and does not load by itself. */
const RDS_CERTIFICATES = '/var/runtime/ca-cert.pem';

export function createFunction(parent: Construct, foundation: Foundation, order: FunctionOrder): DreyFunction {
  const { id, description, bundle, handler, environment, timeout, memorySize, more } = order;
  const { network, settings } = foundation;
  const scope = new Construct(parent, id);
  const log = createLogGroup(scope, 'Log', settings);
  const role = createRole(scope, log);
  const extension = bundle === 'lambda' ? 'mjs' : 'js';
  const fn = new LambdaFunction(scope, 'Function', {
    description,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: Code.fromAsset(bundleFolder(settings, bundle, `${handler.split('.')[0]}.${extension}`)),
    handler,
    environment: { NODE_EXTRA_CA_CERTS: RDS_CERTIFICATES, ...environment },
    timeout,
    memorySize,
    role,
    logGroup: log,
    vpc: network.vpc,
    vpcSubnets: network.workloads,
    securityGroups: [network.securityGroup],
    ...more,
  });
  return { fn, role, log };
}

/** Of Lambda itself, to put a function into a network. */
const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

function createRole(scope: Construct, log: LogGroup): Role {
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  log.grantWrite(role);
  role.addToPolicy(new PolicyStatement({ sid: 'Network', actions: NETWORK_ACTIONS, resources: ['*'] }));
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'Lambda puts a function into a network with these actions; the interfaces have no names before they are there.',
  });
  return role;
}
