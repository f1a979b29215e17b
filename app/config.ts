// The only reader of process.env. Turns flags, environment and defaults into one Config, once, or says in one sentence
// which setting is wrong and what would be right. Never opens a file or a connection (Temporal's own profile excepted).
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { S3Settings } from '../flink/storage/s3.ts';
import { type AccessChoice, chooseAccess } from './choose-access.ts';
import { environmentSchema } from './config.schema.ts';
import type { Environment } from './config.schema.ts';
import { StartProblem } from './start-problem.ts';
import { parseFlags, SETTINGS } from './settings.mjs';

export type DatabaseChoice = { readonly kind: 'embedded' } | { readonly kind: 'postgres'; readonly url: string };

export type TemporalChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'external'; readonly namespace: string; readonly connection: Pick<NativeConnectionOptions, 'address' | 'apiKey' | 'tls' | 'metadata'> };

/** A server that is somebody else's. */
export type ExternalTemporal = Extract<TemporalChoice, { kind: 'external' }>;

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly home: string;
  readonly cache: string;
  readonly example: boolean;
  readonly localTargets: boolean;
  readonly lenient: boolean;
  readonly legacyNames: boolean;
  /** Files of the operator's defaults. */
  readonly deploymentDefaults?: string;
  readonly sessionClusterDefaults?: string;
  readonly allowedHosts: readonly string[];
  readonly access: AccessChoice;
  /** The first admin's, where the operator chose it. */
  readonly adminToken?: string;
  /** A folder, or `s3://bucket/prefix`. */
  readonly blobRoot: string;
  readonly s3: S3Settings;
  /** Bytes of an artifact that is uploaded through the API. */
  readonly uploadLimit: number;
  /** Bytes of any artifact. */
  readonly artifactLimit: number;
  readonly fileRoots: readonly string[];
  /** Whether http(s) artifacts and external Flink clusters may be on this machine and in private networks. */
  readonly allowPrivateAddresses: boolean;
  readonly keepJobs: number;
  readonly keepEvents: number;
  readonly keepAuditMs: number;
  /** Folder of further logging profiles, `<name>.xml` each. */
  readonly loggingProfiles?: string;
  readonly requestLimitMs: number;
  readonly flinkHome?: string;
  readonly javaHome?: string;
  /** Folders of the PATH. */
  readonly searchPath: readonly string[];
  /** What programs that drey starts (mvn, java) get to see of the environment: everything but its secrets. */
  readonly childEnvironment: Readonly<Record<string, string>>;
  /** 32 bytes that encrypt secret values; without one, the embedded database has a key of its own. */
  readonly secretKey?: Uint8Array;
  /** Keys that only decrypt. */
  readonly oldSecretKeys: readonly Uint8Array[];
  readonly database: DatabaseChoice;
  readonly temporal: TemporalChoice;
  /** Of EventBridge, that is told of changes of state. */
  readonly eventBus?: string;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** Of this process. */
export const ENVIRONMENT: Variables = process.env;

const POSTGRES_OWN = ['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD', 'PGSERVICE'];
const TEMPORAL_REST = /^TEMPORAL_(NAMESPACE|API_KEY|TLS.*)$/;

const SECRET = /^(DREY_SECRET_KEY|DREY_ADMIN_TOKEN|DREY_OLD_SECRET_KEYS|DATABASE_URL|PGPASSWORD|TEMPORAL_API_KEY|TEMPORAL_TLS_.*KEY.*)$/;

const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== '';

function nameOf(env: string): string {
  const flag = SETTINGS.find((each) => each.env === env)?.flag;
  return flag === undefined ? env : `${env} (--${flag})`;
}

function parseEnvironment(variables: Variables): Environment {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => isSet(value)));
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StartProblem(`${nameOf(String(issue?.path[0]))} ${issue?.message}.`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function checkAccess({ HOST, DREY_AUTH }: Environment): void {
  if (isLoopback(HOST) || DREY_AUTH !== 'none') return;
  throw new StartProblem(
    `${nameOf('HOST')} ${HOST} is not loopback, and without authentication anybody who reaches it could run code here: set DREY_AUTH=tokens or DREY_AUTH=oidc, or leave HOST at 127.0.0.1.`,
  );
}

function chooseDatabase({ DATABASE_URL, DREY_SECRET_KEY }: Environment, variables: Variables): DatabaseChoice {
  if (DATABASE_URL !== undefined) {
    if (DREY_SECRET_KEY) return { kind: 'postgres', url: DATABASE_URL };
    throw new StartProblem('DATABASE_URL needs DREY_SECRET_KEY, 32 random bytes that stay the same for this database: `openssl rand -base64 32` makes one.');
  }
  const half = POSTGRES_OWN.find((name) => isSet(variables[name]));
  if (half === undefined) return { kind: 'embedded' };
  throw new StartProblem(
    `${half} is set but DATABASE_URL is not: set DATABASE_URL=postgres://user:password@host/database to use that PostgreSQL, or unset ${half} to use the embedded database.`,
  );
}

async function chooseTemporal(variables: Variables): Promise<TemporalChoice> {
  if (![variables.TEMPORAL_ADDRESS, variables.TEMPORAL_PROFILE, variables.TEMPORAL_CONFIG_FILE].some(isSet)) {
    const half = Object.keys(variables).find((name) => TEMPORAL_REST.test(name) && isSet(variables[name]));
    if (half === undefined) return { kind: 'embedded' };
    throw new StartProblem(`${half} is set but TEMPORAL_ADDRESS is not: set TEMPORAL_ADDRESS=host:7233 too, or unset ${half} to use an own dev server.`);
  }
  const { loadClientConnectConfig } = await import('@temporalio/envconfig');
  const overrideEnvVars = Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (isSet(value) ? [[name, value]] : [])));
  try {
    const { namespace = 'default', connectionOptions } = loadClientConnectConfig({ overrideEnvVars });
    if (!isSet(connectionOptions.address)) throw new Error('no address is configured');
    return { kind: 'external', namespace, connection: connectionOptions };
  } catch (error) {
    throw new StartProblem(
      `Temporal's settings (TEMPORAL_ADDRESS, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE …) cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

function withoutSecrets(variables: Variables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined || SECRET.test(name) ? [] : [[name, value]])));
}

function cacheFolder({ DREY_CACHE, XDG_CACHE_HOME }: Environment): string {
  if (DREY_CACHE !== undefined) return DREY_CACHE;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'drey');
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'drey');
}

/** The names are Amazon's own. Other servers know no regions, and no bucket as a host of its own. */
function s3Settings({ AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, DREY_S3_PATH_STYLE }: Environment, variables: Variables): S3Settings {
  const endpoint = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
  const region = [variables.AWS_REGION, variables.AWS_DEFAULT_REGION].find(isSet) ?? (endpoint === undefined ? undefined : 'us-east-1');
  return { ...(endpoint !== undefined && { endpoint }), ...(region !== undefined && { region }), pathStyle: DREY_S3_PATH_STYLE ?? endpoint !== undefined };
}

/** The configuration from flags (`args`), which win, and environment. Throws a StartProblem. */
export async function readConfig(args: readonly string[], environment: Variables = ENVIRONMENT): Promise<Config> {
  const flags = parseFlags(args);
  if ('problem' in flags) throw new StartProblem(flags.problem);
  const variables = { ...environment, ...flags.given };
  const parsed = parseEnvironment(variables);
  checkAccess(parsed);
  return {
    host: parsed.HOST,
    port: parsed.PORT,
    home: parsed.DREY_HOME,
    cache: cacheFolder(parsed),
    example: parsed.DREY_EXAMPLE,
    localTargets: parsed.DREY_LOCAL_TARGETS,
    lenient: parsed.DREY_LENIENT,
    legacyNames: parsed.DREY_LEGACY_NAMES,
    ...(parsed.DREY_DEPLOYMENT_DEFAULTS !== undefined && { deploymentDefaults: parsed.DREY_DEPLOYMENT_DEFAULTS }),
    ...(parsed.DREY_SESSION_CLUSTER_DEFAULTS !== undefined && { sessionClusterDefaults: parsed.DREY_SESSION_CLUSTER_DEFAULTS }),
    keepJobs: parsed.DREY_KEEP_JOBS,
    keepEvents: parsed.DREY_KEEP_EVENTS,
    keepAuditMs: parsed.DREY_KEEP_AUDIT,
    allowedHosts: parsed.DREY_ALLOWED_HOSTS,
    access: chooseAccess(parsed),
    ...(parsed.DREY_ADMIN_TOKEN !== undefined && { adminToken: parsed.DREY_ADMIN_TOKEN }),
    blobRoot: parsed.DREY_BLOB_ROOT ?? join(parsed.DREY_HOME, 'blobs'),
    s3: s3Settings(parsed, variables),
    uploadLimit: parsed.DREY_UPLOAD_LIMIT * 2 ** 20,
    artifactLimit: parsed.DREY_ARTIFACT_LIMIT * 2 ** 20,
    fileRoots: parsed.DREY_FILE_ROOTS,
    requestLimitMs: parsed.DREY_REQUEST_LIMIT,
    ...(parsed.DREY_LOGGING_PROFILES !== undefined && { loggingProfiles: parsed.DREY_LOGGING_PROFILES }),
    // Where everybody who asks sits at this machine, drey reaches nothing for them that they do not reach themselves.
    allowPrivateAddresses: parsed.DREY_PRIVATE_ADDRESSES ?? parsed.DREY_AUTH === 'none',
    ...(parsed.FLINK_HOME !== undefined && { flinkHome: parsed.FLINK_HOME }),
    ...(parsed.JAVA_HOME !== undefined && { javaHome: parsed.JAVA_HOME }),
    searchPath: (variables.PATH ?? '').split(delimiter).filter(isSet),
    childEnvironment: withoutSecrets(variables),
    ...(parsed.DREY_SECRET_KEY !== undefined && { secretKey: parsed.DREY_SECRET_KEY }),
    oldSecretKeys: parsed.DREY_OLD_SECRET_KEYS,
    database: chooseDatabase(parsed, variables),
    temporal: await chooseTemporal(variables),
    ...(parsed.DREY_EVENT_BUS !== undefined && { eventBus: parsed.DREY_EVENT_BUS }),
  };
}
