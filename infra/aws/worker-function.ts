// The worker as a function that Temporal invokes while there is work. Temporal is told of one version of it, never of the newest code: what began on one
// build ends on it.
import { CfnOutput, CfnResource, Duration, RemovalPolicy, Size, Validations } from 'aws-cdk-lib';
import { ArnPrincipal, CompositePrincipal, Effect, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction, Version } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type Foundation, grantSecrets, workerEnvironmentOf } from './foundation.ts';
import { createFunction, type DreyFunction } from './lambda-function.ts';
import { logicalIdOf } from './logical-id.ts';
import type { WorkerChoice } from './settings.ts';
import { grantBlobs } from './storage.ts';

type Caller = Extract<WorkerChoice, { readonly kind: 'lambda' }>;

/** Of /tmp: jars are fetched there, each of up to 1 GiB (`DREY_ARTIFACT_LIMIT`), and several Deployments may start at once. */
const STORAGE = Size.gibibytes(4);

export function createWorkerFunction(parent: Construct, foundation: Foundation, caller: Caller): DreyFunction {
  const scope = new Construct(parent, 'Worker');
  const made = createFunction(scope, foundation, {
    id: 'Handler',
    description: 'A worker of drey',
    bundle: 'worker-lambda',
    handler: 'worker.handler',
    environment: { ...workerEnvironmentOf(foundation), HOME: '/tmp' },
    timeout: Duration.seconds(90),
    memorySize: 512,
    // Temporal invokes it again by itself.
    more: { ephemeralStorageSize: STORAGE, retryAttempts: 0, currentVersionOptions: { retryAttempts: 0, removalPolicy: RemovalPolicy.RETAIN } },
  });
  grantSecrets(foundation, made.role);
  grantBlobs(foundation.storage, made.role);
  foundation.bus.grantPutEventsTo(made.role);
  keepSettingsOf(made.fn.currentVersion);
  const role = createInvoker(scope, made.fn, caller);
  new CfnOutput(scope, 'VersionArn', { description: 'The version of the worker that Temporal is to invoke', value: made.fn.currentVersion.functionArn });
  new CfnOutput(scope, 'InvokerRoleArn', { description: 'The role by which Temporal invokes it', value: role.roleArn });
  return made;
}

/** A version that Temporal still invokes goes on being invoked once. */
function keepSettingsOf(version: Version): void {
  const settings = version.node.findChild('EventInvokeConfig').node.defaultChild;
  if (settings instanceof CfnResource) settings.applyRemovalPolicy(RemovalPolicy.RETAIN);
}

function createInvoker(scope: Construct, fn: LambdaFunction, { invokers, externalId }: Caller): Role {
  const assumedBy = new CompositePrincipal(...invokers.map((arn) => new ArnPrincipal(arn)));
  const role = new Role(scope, 'Invoker', { description: 'Temporal invokes the worker', assumedBy, externalIds: [externalId] });
  const actions = ['lambda:InvokeFunction', 'lambda:GetFunction'];
  role.addToPolicy(new PolicyStatement({ actions, resources: [`${fn.functionArn}:*`] }));
  role.addToPolicy(new PolicyStatement({ effect: Effect.DENY, actions, resources: [`${fn.functionArn}:$LATEST`] }));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(fn)}.Arn>:*]`,
    reason: 'Any version of this one function: runs end on the version on which they began, and Temporal may go back to an older one.',
  });
  return role;
}
