// The key that encrypts the database, the blobs, the secrets and the alarms. It outlives the stack, as what it encrypts does.
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export function createEncryptionKey(scope: Construct): Key {
  const { stackName, account } = Stack.of(scope);
  const key = new Key(scope, 'Key', { description: `What ${stackName} keeps`, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
  // Alarms write to an encrypted topic.
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': account } } });
  key.grant(alarms, 'kms:Decrypt', 'kms:GenerateDataKey');
  return key;
}
