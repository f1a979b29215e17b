// The bus on which workers tell what happened, and what was told in the last 30 days, to be replayed for whoever listens later.
import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';

export function createEventBus(scope: Construct): EventBus {
  const { stackName, account } = Stack.of(scope);
  const bus = new EventBus(scope, 'EventBus', { eventBusName: stackName, description: 'What happened to Deployments' });
  bus.archive('Archive', { eventPattern: { account: [account] }, retention: Duration.days(30) });
  return bus;
}
