// What functions and workers stand on, and how they are told of it: their settings, by the names of the README.
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { createDatabase, type Database } from './database.ts';
import { createEncryptionKey } from './encryption-key.ts';
import { createEventBus } from './event-bus.ts';
import { createNetwork, type Network } from './network.ts';
import { createSecrets, referenceTo, type Secrets } from './secrets.ts';
import type { AccessChoice, Settings } from './settings.ts';
import { createStorage, type Storage } from './storage.ts';

export interface Foundation {
  readonly settings: Settings;
  readonly key: Key;
  readonly network: Network;
  readonly secrets: Secrets;
  readonly database: Database;
  readonly storage: Storage;
  readonly bus: EventBus;
}

export type Environment = Readonly<Record<string, string>>;

export function createFoundation(scope: Construct, settings: Settings): Foundation {
  const key = createEncryptionKey(scope);
  const network = createNetwork(scope, settings);
  return {
    settings,
    key,
    network,
    secrets: createSecrets(scope, key, settings),
    database: createDatabase(scope, { network, key, choice: settings.database }),
    storage: createStorage(scope, key),
    bus: createEventBus(scope),
  };
}

/** What every function and worker is told. */
export function environmentOf({ settings, secrets, database, storage }: Foundation): Environment {
  const { temporal, access } = settings;
  return {
    DATABASE_URL_FROM: referenceTo(database.urlSecret),
    DREY_SECRET_KEY_FROM: referenceTo(secrets.secretKey),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...(secrets.temporalApiKey !== undefined && { TEMPORAL_API_KEY_FROM: referenceTo(secrets.temporalApiKey) }),
    DREY_BLOB_ROOT: storage.root,
    // Flink has no authentication: where it may be reached, it has a private address.
    DREY_PRIVATE_ADDRESSES: '1',
    ...accessEnvironment(access),
  };
}

function accessEnvironment(access: AccessChoice): Environment {
  const admins = access.admins.length > 0 && { DREY_ADMINS: access.admins.join(',') };
  if (access.kind === 'tokens') return { DREY_AUTH: 'tokens', ...admins };
  const { issuer, audience, jwksUrl } = access;
  return { DREY_AUTH: 'oidc', DREY_OIDC_ISSUER: issuer, DREY_OIDC_AUDIENCE: audience, DREY_OIDC_JWKS_URL: jwksUrl, ...admins };
}

/** Besides, what the API is told. */
export function apiEnvironmentOf(foundation: Foundation): Environment {
  const { adminToken } = foundation.secrets;
  return { ...environmentOf(foundation), ...(adminToken !== undefined && { DREY_ADMIN_TOKEN_FROM: referenceTo(adminToken) }) };
}

/** Besides, what workers are told. */
export function workerEnvironmentOf(foundation: Foundation): Environment {
  return { ...environmentOf(foundation), DREY_EVENT_BUS: foundation.bus.eventBusName };
}

/** Lets it read what `environmentOf` refers to. `also`: further secrets. */
export function grantSecrets({ database, secrets }: Foundation, grantee: IGrantable, also: readonly (ISecret | undefined)[] = []): void {
  for (const secret of [database.urlSecret, secrets.secretKey, secrets.temporalApiKey, ...also]) secret?.grantRead(grantee);
}
