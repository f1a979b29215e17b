// What each setting must look like, with the words that follow its name when it does not. Reads nothing by itself.
import { homedir, tmpdir } from 'node:os';
import { delimiter, isAbsolute, resolve } from 'node:path';
import * as z from 'zod';
import { DEFAULT_POLICY } from '../domain/view.ts';

const DAY_MS = 86_400_000;

const text = z.string().trim();

const given01 = text.refine((value) => /^(0|1|true|false)$/.test(value), { error: 'must be 1 or 0' }).transform((value) => value === '1' || value === 'true');

const zeroOrOne = (fallback: boolean) => given01.prefault(fallback ? '1' : '0');

const folder = text.min(1, { error: 'must name a folder' }).transform((path) => resolve(path.replace(/^~(?=\/|$)/, homedir())));

const file = text.min(1, { error: 'must name a file' }).transform((path) => resolve(path.replace(/^~(?=\/|$)/, homedir())));

const port = text
  .default('8080')
  .refine((value) => /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535, { error: 'must be a port from 1 to 65535, for example 8081' })
  .transform(Number);

const count = (fallback: number) =>
  text
    .default(String(fallback))
    .refine((value) => /^[1-9]\d{0,8}$/.test(value), { error: `must be a number above 0, for example ${fallback}` })
    .transform(Number);

/** Read in days, known in milliseconds. */
const days = (fallback: number) =>
  text
    .default(String(fallback))
    .refine((value) => /^[1-9]\d{0,4}$/.test(value), { error: `must be a number of days from 1 to 99999, for example ${fallback}` })
    .transform((value) => Number(value) * DAY_MS);

/** Read in seconds, known in milliseconds. */
const seconds = (fallback: number) =>
  text
    .default(String(fallback))
    .refine((value) => /^[1-9]\d{0,3}$/.test(value), { error: `must be a number of seconds from 1 to 9999, for example ${fallback}` })
    .transform((value) => Number(value) * 1000);

/** Flink and its manual say s3:, whatever the plugin is called. */
const blobRoot = text
  .refine((value) => !/^[a-z][a-z0-9+.-]*:/i.test(value) || /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w./-]*)?$/.test(value), {
    error: 'must be a folder, or a place in S3 such as s3://bucket/drey',
  })
  .transform((value) => (value.startsWith('s3://') ? value.replace(/\/+$/, '') : resolve(value.replace(/^~(?=\/|$)/, homedir()))));

const folders = text
  .default([homedir(), process.cwd(), tmpdir()].join(delimiter))
  .transform((list) => list.split(delimiter).filter((path) => path !== ''))
  .refine((list) => list.every(isAbsolute), { error: `must be absolute folders separated by "${delimiter}"` });

const hosts = text
  .default('')
  .transform((list) => list.split(/[\s,]+/).filter((name) => name !== ''))
  .refine((list) => list.every((name) => /^[a-z0-9.-]+(:\d{1,5})?$/i.test(name)), {
    error: 'must be host names separated by ",", for example drey.example.com',
  });

const members = text
  .default('')
  .transform((list) =>
    list
      .split(',')
      .map((member) => member.trim())
      .filter((member) => member !== ''),
  )
  .refine((list) => list.every((member) => /^(user|group):\S+$/.test(member)), { error: 'must be "user:<id>" or "group:<name>", separated by ","' });

const adminToken = text
  .refine((value) => /^(drey_)?[\w-]{32,200}$/.test(value), { error: 'must be at least 32 letters and digits, with or without "drey_" before them' })
  .transform((value) => (value.startsWith('drey_') ? value : `drey_${value}`));

const httpUrl = text.refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), { error: 'must be a URL, for example https://login.example.com/' });

const postgresUrl = text.refine((value) => /^postgres(ql)?:\/\/[^/\s]*\/?\S*$/.test(value) && URL.canParse(value), {
  error: 'must look like postgres://user:password@host:5432/database',
});

const toKey = (value: string): Buffer => Buffer.from(value, /^[0-9a-f]{64}$/i.test(value) ? 'hex' : 'base64');

const secretKey = text
  .transform(toKey)
  .refine((key) => key.length === 32, { error: 'must be 32 bytes as base64 or 64 hex digits; `openssl rand -base64 32` makes one' });

const oldSecretKeys = text
  .default('')
  .transform((list) =>
    list
      .split(/[\s,]+/)
      .filter((each) => each !== '')
      .map(toKey),
  )
  .refine((keys) => keys.every((key) => key.length === 32), { error: 'must be former values of DREY_SECRET_KEY separated by ","' });

/** The environment (flags already merged in). An empty variable counts as unset. */
export const environmentSchema = z.object({
  HOST: text.min(1, { error: 'must be an address, for example 127.0.0.1' }).default('127.0.0.1'),
  PORT: port,
  DREY_HOME: folder.prefault('.drey'),
  DREY_CACHE: folder.optional(),
  XDG_CACHE_HOME: folder.optional(),
  DREY_EXAMPLE: zeroOrOne(true),
  DREY_AUTH: text.default('none').pipe(z.enum(['none', 'tokens', 'oidc'], { error: 'must be none, tokens or oidc' })),
  DREY_ADMINS: members,
  DREY_ADMIN_TOKEN: adminToken.optional(),
  DREY_OIDC_ISSUER: httpUrl.optional(),
  DREY_OIDC_AUDIENCE: text.optional(),
  DREY_OIDC_JWKS_URL: httpUrl.optional(),
  DREY_OIDC_USER_CLAIM: text.default('sub'),
  DREY_OIDC_GROUPS_CLAIM: text.default('groups'),
  DREY_RATE_LIMIT: text
    .default('100')
    .refine((value) => /^\d{1,6}$/.test(value), { error: 'must be a number of requests a second, for example 100; 0 for no limit' })
    .transform(Number),
  DREY_ALLOWED_HOSTS: hosts,
  DREY_LENIENT: zeroOrOne(false),
  DREY_LOCAL_TARGETS: zeroOrOne(true),
  DREY_DEPLOYMENT_DEFAULTS: file.optional(),
  DREY_SESSION_CLUSTER_DEFAULTS: file.optional(),
  DREY_LEGACY_NAMES: zeroOrOne(false),
  DREY_BLOB_ROOT: blobRoot.optional(),
  DREY_S3_PATH_STYLE: given01.optional(),
  AWS_ENDPOINT_URL: httpUrl.optional(),
  AWS_ENDPOINT_URL_S3: httpUrl.optional(),
  DREY_UPLOAD_LIMIT: count(50),
  DREY_ARTIFACT_LIMIT: count(1024),
  DREY_FILE_ROOTS: folders,
  DREY_PRIVATE_ADDRESSES: given01.optional(),
  DREY_KEEP_JOBS: count(DEFAULT_POLICY.keepJobs),
  DREY_KEEP_EVENTS: count(DEFAULT_POLICY.keepEvents),
  DREY_KEEP_AUDIT: days(DEFAULT_POLICY.keepAuditMs / DAY_MS),
  DREY_EVENT_BUS: text.optional(),
  DREY_LOGGING_PROFILES: folder.optional(),
  DREY_REQUEST_LIMIT: seconds(25),
  DREY_SECRET_KEY: secretKey.optional(),
  DREY_OLD_SECRET_KEYS: oldSecretKeys,
  DATABASE_URL: postgresUrl.optional(),
  FLINK_HOME: folder.optional(),
  JAVA_HOME: folder.optional(),
});

export type Environment = z.output<typeof environmentSchema>;
