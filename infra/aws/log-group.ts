// A log, kept for as long as the operator says, and gone with the stack.
import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export function createLogGroup(scope: Construct, id: string, { logRetentionDays }: Pick<Settings, 'logRetentionDays'>): LogGroup {
  return new LogGroup(scope, id, { retention: logRetentionDays, removalPolicy: RemovalPolicy.DESTROY });
}
