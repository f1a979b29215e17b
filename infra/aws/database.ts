// PostgreSQL: an Aurora cluster of its own that grows and shrinks, or one that is there already. What it holds outlives the stack as a snapshot.
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { AuroraPostgresEngineVersion, ClusterInstance, Credentials, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Network } from './network.ts';
import { secretOf } from './secrets.ts';
import type { Settings } from './settings.ts';

export interface Database {
  /** Holds the address, or the fields of it that RDS writes. */
  readonly urlSecret: ISecret;
  /** Undefined where the database is not ours. */
  readonly cluster?: DatabaseCluster;
}

export interface DatabaseOrder {
  readonly network: Network;
  readonly key: IKey;
  readonly choice: Settings['database'];
}

export function createDatabase(parent: Construct, { network, key, choice }: DatabaseOrder): Database {
  const scope = new Construct(parent, 'Database');
  if (choice.kind === 'existing') return { urlSecret: secretOf(scope, 'Url', choice.urlSecret) };
  const securityGroup = new SecurityGroup(scope, 'SecurityGroup', { vpc: network.vpc, description: 'The database of drey', allowAllOutbound: false });
  const cluster = new DatabaseCluster(scope, 'Cluster', {
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_7 }),
    vpc: network.vpc,
    vpcSubnets: network.databases,
    securityGroups: [securityGroup],
    writer: ClusterInstance.serverlessV2('Writer'),
    serverlessV2MinCapacity: choice.minCapacity,
    serverlessV2MaxCapacity: choice.maxCapacity,
    credentials: Credentials.fromGeneratedSecret('drey', { encryptionKey: key }),
    defaultDatabaseName: 'drey',
    storageEncryptionKey: key,
    backup: { retention: Duration.days(14) },
    copyTagsToSnapshot: true,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.SNAPSHOT,
  });
  cluster.connections.allowDefaultPortFrom(network.securityGroup, 'Functions and workers');
  acknowledge(cluster);
  if (cluster.secret === undefined) throw new Error('the cluster was made without a secret');
  return { urlSecret: cluster.secret, cluster };
}

function acknowledge(cluster: DatabaseCluster): void {
  Validations.of(cluster).acknowledge(
    { id: 'AwsSolutions-RDS6', reason: 'drey signs in with the password of the secret, over TLS; tokens of IAM last for a quarter of an hour.' },
    { id: 'AwsSolutions-RDS11', reason: 'Only functions and workers reach the port: another number would hide nothing.' },
    { id: 'AwsSolutions-SMG4', reason: 'A worker reads the password when it starts: it is rotated by hand, together with a new deployment of the workers.' },
  );
}
