// What looks after the fleet every minute, and writes the metrics of it into its log. A run that fails is not tried again: the next one is near.
import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { environmentOf, type Foundation, grantSecrets } from './foundation.ts';
import { createFunction, type DreyFunction } from './lambda-function.ts';

/** What the function expects, letter by letter. */
const INPUT = '{"drey":"reconcile"}';

export function createSchedule(parent: Construct, foundation: Foundation): DreyFunction {
  const scope = new Construct(parent, 'Schedule');
  const made = createFunction(scope, foundation, {
    id: 'Handler',
    description: 'Has drey look at the whole fleet',
    bundle: 'lambda',
    handler: 'schedule.handler',
    environment: environmentOf(foundation),
    timeout: Duration.seconds(60),
    memorySize: 256,
    more: { retryAttempts: 0, maxEventAge: Duration.seconds(60) },
  });
  grantSecrets(foundation, made.role);
  const caller = new ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } } });
  const role = new Role(scope, 'Role', { assumedBy: caller });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [made.fn.functionArn] }));
  const schedule = new CfnSchedule(scope, 'EveryMinute', {
    description: 'Has drey look at the whole fleet',
    scheduleExpression: 'rate(1 minute)',
    flexibleTimeWindow: { mode: 'OFF' },
    target: { arn: made.fn.functionArn, roleArn: role.roleArn, input: INPUT, retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 } },
  });
  schedule.node.addDependency(role);
  return made;
}
