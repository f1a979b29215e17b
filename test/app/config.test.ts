// Every bad setting gets one sentence that names it and says what would be right.
import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../app/config.ts';
import { SETTINGS } from '../../app/settings.mjs';

const refusal = async (environment: Record<string, string>, args: readonly string[] = []): Promise<string> =>
  await readConfig(args, environment).then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('a bad setting is refused with one sentence', () => {
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{ PORT: 'http' }, 'PORT (--port) must be a port from 1 to 65535, for example 8081.'],
    [{ PORT: '0' }, 'PORT (--port) must be a port from 1 to 65535'],
    [{ PORT: '65536' }, 'PORT (--port) must be a port'],
    [{ PORT: '-1' }, 'PORT (--port) must be a port'],
    [{ DREY_EXAMPLE: 'maybe' }, 'DREY_EXAMPLE (--example) must be 1 or 0.'],
    [{ DREY_LOCAL_TARGETS: '2' }, 'DREY_LOCAL_TARGETS (--local-targets) must be 1 or 0.'],
    [{ HOST: '0.0.0.0' }, 'HOST (--host) 0.0.0.0 is not loopback'],
    [{ HOST: '0.0.0.0', DREY_AUTH: 'none' }, 'HOST (--host) 0.0.0.0 is not loopback'],
    [{ HOST: '::' }, 'HOST (--host) :: is not loopback'],
    [{ DREY_AUTH: 'password' }, 'DREY_AUTH (--auth) must be none, tokens or oidc.'],
    [{ DREY_AUTH: 'oidc' }, 'DREY_AUTH=oidc needs DREY_OIDC_ISSUER (the issuer of the tokens), DREY_OIDC_AUDIENCE'],
    [{ DREY_OIDC_ISSUER: 'login' }, 'DREY_OIDC_ISSUER (--oidc-issuer) must be a URL'],
    [{ DREY_ADMINS: 'ann' }, 'DREY_ADMINS (--admins) must be "user:<id>" or "group:<name>"'],
    [{ DREY_ADMIN_TOKEN: 'short' }, 'DREY_ADMIN_TOKEN must be at least 32 letters and digits'],
    [{ DREY_RATE_LIMIT: '-1' }, 'DREY_RATE_LIMIT (--rate-limit) must be a number of requests a second'],
    [{ DATABASE_URL: 'mysql://localhost/drey', DREY_SECRET_KEY: 'a'.repeat(64) }, 'DATABASE_URL must look like postgres://user:password@host:5432/database.'],
    [{ DATABASE_URL: 'postgres://localhost/drey' }, 'DATABASE_URL needs DREY_SECRET_KEY'],
    [{ DREY_SECRET_KEY: 'short' }, 'DREY_SECRET_KEY must be 32 bytes as base64 or 64 hex digits'],
    [{ PGHOST: 'db' }, 'PGHOST is set but DATABASE_URL is not'],
    [{ PGPASSWORD: 'x' }, 'PGPASSWORD is set but DATABASE_URL is not'],
    [{ TEMPORAL_NAMESPACE: 'prod' }, 'TEMPORAL_NAMESPACE is set but TEMPORAL_ADDRESS is not'],
    [{ TEMPORAL_API_KEY: 'x' }, 'TEMPORAL_API_KEY is set but TEMPORAL_ADDRESS is not'],
    [{ TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' }, "Temporal's settings (TEMPORAL_ADDRESS"],
    [{ DREY_FILE_ROOTS: 'jars' }, 'DREY_FILE_ROOTS (--file-roots) must be absolute folders'],
    [{ DREY_REQUEST_LIMIT: '0' }, 'DREY_REQUEST_LIMIT (--request-limit) must be a number of seconds from 1 to 9999, for example 25.'],
    [{ DREY_KEEP_AUDIT: '0' }, 'DREY_KEEP_AUDIT (--keep-audit) must be a number of days from 1 to 99999, for example 365.'],
    [{ DREY_ALLOWED_HOSTS: 'http://a/' }, 'DREY_ALLOWED_HOSTS (--allowed-hosts) must be host names'],
  ];

  it.each(cases)('%j', async (environment, sentence) => {
    const said = await refusal(environment);
    expect(said).toContain(`StartProblem: ${sentence}`);
    expect(said).not.toContain('\n');
  });

  it.each([
    [['--prot', '8081'], "Unknown option '--prot'"],
    [['--port'], "'--port <value>' argument missing"],
    [['serve'], "Unexpected argument 'serve'"],
  ])('%j', async (args, sentence) => {
    expect(await refusal({}, args)).toContain(sentence);
    expect(await refusal({}, args)).toContain('npm start -- --help');
  });
});

describe('the configuration', () => {
  it('has the defaults of the README', async () => {
    expect(await readConfig([], { PATH: '/bin:/usr/bin' })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      home: `${process.cwd()}/.drey`,
      blobRoot: `${process.cwd()}/.drey/blobs`,
      example: true,
      localTargets: true,
      database: { kind: 'embedded' },
      temporal: { kind: 'embedded' },
      searchPath: ['/bin', '/usr/bin'],
    });
  });

  it('lets a flag win over the environment, and an empty variable count as unset', async () => {
    expect(await readConfig(['--port=9000', '--home', '~/d'], { PORT: '8081', HOST: '', PGHOST: '' })).toMatchObject({
      port: 9000,
      host: '127.0.0.1',
      home: `${homedir()}/d`,
    });
  });

  it("reads Temporal's own variables", async () => {
    const { temporal } = await readConfig([], { TEMPORAL_ADDRESS: 'temporal.example:7233', TEMPORAL_NAMESPACE: 'flink', TEMPORAL_API_KEY: 'k' });
    expect(temporal).toMatchObject({ kind: 'external', namespace: 'flink', connection: { address: 'temporal.example:7233', apiKey: 'k', tls: true } });
  });

  it('takes a database with its key', async () => {
    const { database } = await readConfig([], { DATABASE_URL: 'postgres://u:p@db/drey', DREY_SECRET_KEY: Buffer.alloc(32).toString('base64') });
    expect(database).toEqual({ kind: 'postgres', url: 'postgres://u:p@db/drey' });
  });

  it('takes a blob root in S3, and what Amazon’s own variables say of it', async () => {
    const ours = await readConfig(['--blob-root', 's3://drey-blobs/a/b/'], { AWS_ENDPOINT_URL_S3: 'http://minio:9000', AWS_ENDPOINT_URL: 'http://other' });
    expect([ours.blobRoot, ours.s3]).toEqual(['s3://drey-blobs/a/b', { endpoint: 'http://minio:9000', region: 'us-east-1', pathStyle: true }]);
    const amazons = await readConfig([], { DREY_BLOB_ROOT: 's3://drey-blobs', AWS_REGION: 'eu-west-1' });
    expect([amazons.blobRoot, amazons.s3]).toEqual(['s3://drey-blobs', { region: 'eu-west-1', pathStyle: false }]);
    expect((await readConfig([], { DREY_BLOB_ROOT: 's3://drey-blobs' })).s3).toEqual({ pathStyle: false });
    expect((await readConfig([], { AWS_ENDPOINT_URL: 'https://s3.example.com', DREY_S3_PATH_STYLE: '0' })).s3.pathStyle).toBe(false);
  });

  it.each(['s3://Bucket', 's3:bucket', 's3://', 'gs://bucket', 's3://bucket/a?b', 's3a://bucket'])('refuses %s as a blob root', async (value) => {
    expect(await refusal({ DREY_BLOB_ROOT: value })).toBe(
      'StartProblem: DREY_BLOB_ROOT (--blob-root) must be a folder, or a place in S3 such as s3://bucket/drey.',
    );
  });

  it('has days for the audit log', async () => {
    expect((await readConfig([], {})).keepAuditMs).toBe(365 * 86_400_000);
    expect((await readConfig(['--keep-audit', '7'], {})).keepAuditMs).toBe(7 * 86_400_000);
  });

  it('has limits of artifacts in MiB', async () => {
    expect(await readConfig([], {})).toMatchObject({ uploadLimit: 52_428_800, artifactLimit: 2 ** 30 });
    expect(await readConfig([], { DREY_UPLOAD_LIMIT: '1', DREY_ARTIFACT_LIMIT: '2' })).toMatchObject({ uploadLimit: 2 ** 20, artifactLimit: 2 ** 21 });
  });

  it('reaches private addresses for those who sit at this machine, for others only when told to', async () => {
    const issuer = { DREY_OIDC_ISSUER: 'https://login', DREY_OIDC_AUDIENCE: 'drey', DREY_OIDC_JWKS_URL: 'https://login/keys' };
    expect((await readConfig([], {})).allowPrivateAddresses).toBe(true);
    expect((await readConfig([], { DREY_PRIVATE_ADDRESSES: '0' })).allowPrivateAddresses).toBe(false);
    expect((await readConfig([], { DREY_AUTH: 'tokens' })).allowPrivateAddresses).toBe(false);
    expect((await readConfig([], { DREY_AUTH: 'oidc', ...issuer })).allowPrivateAddresses).toBe(false);
    expect((await readConfig([], { DREY_AUTH: 'tokens', DREY_PRIVATE_ADDRESSES: '1' })).allowPrivateAddresses).toBe(true);
  });

  it('has no flag for a secret', () => {
    const secrets = SETTINGS.filter(({ env }) => /SECRET|DATABASE_URL|API_KEY|TOKEN$/.test(env));
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.every(({ flag }) => flag === undefined)).toBe(true);
  });
});
