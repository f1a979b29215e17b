// The bucket of savepoints, checkpoints, archives and artifacts. What is current there is removed by drey alone, by its own rules: no rule here may touch it.
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { logicalIdOf } from './logical-id.ts';

export interface Storage {
  readonly bucket: Bucket;
  /** What `DREY_BLOB_ROOT` says. */
  readonly root: string;
  readonly key: IKey;
}

export function createStorage(parent: Construct, key: IKey): Storage {
  const scope = new Construct(parent, 'Storage');
  const bucket = new Bucket(scope, 'Blobs', {
    versioned: true,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    serverAccessLogsBucket: accessLogs(scope),
    serverAccessLogsPrefix: 'blobs/',
    lifecycleRules: [
      { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
      { id: 'former-versions', noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  return { bucket, root: `s3://${bucket.bucketName}`, key };
}

function accessLogs(scope: Construct): Bucket {
  const logs = new Bucket(scope, 'AccessLogs', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    lifecycleRules: [{ id: 'old-logs', expiration: Duration.days(90) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(logs).acknowledge({ id: 'AwsSolutions-S1', reason: 'This is where access is logged: its own log would have no end.' });
  return logs;
}

/** Lets the role list the bucket, and read, write and delete in it. */
export function grantBlobs({ bucket, key }: Storage, role: IRole): void {
  const actions = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];
  role.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [bucket.arnForObjects('*')] }));
  key.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(bucket)}.Arn>/*]`,
    reason: 'The bucket is of drey alone, and the names of its objects are made while it runs.',
  });
}
