// Every setting a user may give, once: `--help`, the README's table and app/config.ts read this list. Plain JavaScript on
// Node >= 20 without any package, because `--help` answers before anything is installed. It reads no environment.
import { parseArgs } from 'node:util';

/**
 * @typedef {object} Setting
 * @property {string} env name of the environment variable
 * @property {string} [flag] name of the flag without dashes; none for secrets, which do not belong on a command line
 * @property {string} value what kind of value
 * @property {string} byDefault the default, as a person reads it
 * @property {string} about one line
 */

/** @type {readonly Setting[]} */
export const SETTINGS = [
  { env: 'HOST', flag: 'host', value: 'address', byDefault: '127.0.0.1', about: 'where the API listens; only loopback without DREY_AUTH' },
  { env: 'PORT', flag: 'port', value: 'number', byDefault: '8080', about: 'port of the API' },
  { env: 'DREY_HOME', flag: 'home', value: 'folder', byDefault: './.drey', about: 'all data; deleting it is a full reset' },
  { env: 'DREY_CACHE', flag: 'cache', value: 'folder', byDefault: "drey in the user's cache folder", about: 'downloads: Temporal CLI, Flink' },
  { env: 'DREY_EXAMPLE', flag: 'example', value: '0|1', byDefault: '1', about: 'start the example Deployment on an empty store' },
  {
    env: 'DREY_AUTH',
    flag: 'auth',
    value: 'none|tokens|oidc',
    byDefault: 'none on loopback',
    about: 'who may use the API: anybody, holders of API tokens, or of JWTs as well',
  },
  {
    env: 'DREY_ADMINS',
    flag: 'admins',
    value: 'members',
    byDefault: 'the first token',
    about: 'who administers namespaces: user:<id>, group:<name>, separated by ","',
  },
  { env: 'DREY_ADMIN_TOKEN', value: 'token', byDefault: 'made and printed once', about: "the first admin's token: 32 letters and digits or more" },
  { env: 'DREY_OIDC_ISSUER', flag: 'oidc-issuer', value: 'url', byDefault: 'none', about: 'with DREY_AUTH=oidc: who issues the JWTs' },
  { env: 'DREY_OIDC_AUDIENCE', flag: 'oidc-audience', value: 'text', byDefault: 'none', about: 'with DREY_AUTH=oidc: what the JWTs are made for' },
  { env: 'DREY_OIDC_JWKS_URL', flag: 'oidc-jwks-url', value: 'url', byDefault: 'none', about: 'with DREY_AUTH=oidc: the keys that sign them' },
  { env: 'DREY_OIDC_USER_CLAIM', flag: 'oidc-user-claim', value: 'name', byDefault: 'sub', about: 'the claim that names the user' },
  { env: 'DREY_OIDC_GROUPS_CLAIM', flag: 'oidc-groups-claim', value: 'name', byDefault: 'groups', about: 'the claim that lists the groups' },
  { env: 'DREY_RATE_LIMIT', flag: 'rate-limit', value: 'number', byDefault: '100', about: 'requests a second of one token or user; 0 for no limit' },
  {
    env: 'DREY_ALLOWED_HOSTS',
    flag: 'allowed-hosts',
    value: 'names',
    byDefault: 'loopback names',
    about: 'further names of the API, behind a proxy; separated by ","',
  },
  { env: 'DREY_LENIENT', flag: 'lenient', value: '0|1', byDefault: '0', about: 'drop unknown fields of a request instead of refusing them' },
  { env: 'DREY_LOCAL_TARGETS', flag: 'local-targets', value: '0|1', byDefault: '1', about: 'run Flink as Java processes of this machine' },
  {
    env: 'DREY_DEPLOYMENT_DEFAULTS',
    flag: 'deployment-defaults',
    value: 'file',
    byDefault: 'built-in defaults',
    about: 'YAML or JSON of global DeploymentDefaults and of images by Flink version',
  },
  {
    env: 'DREY_SESSION_CLUSTER_DEFAULTS',
    flag: 'session-cluster-defaults',
    value: 'file',
    byDefault: 'built-in defaults',
    about: 'YAML or JSON of what clients may propose for a session cluster',
  },
  {
    env: 'DREY_LEGACY_NAMES',
    flag: 'legacy-names',
    value: '0|1',
    byDefault: '0',
    about: 'take free text as the name of a Deployment, for clients of 2.0 to 2.3',
  },
  { env: 'FLINK_HOME', flag: 'flink-home', value: 'folder', byDefault: 'Flink is fetched with mvn', about: 'a Flink installation to use' },
  { env: 'JAVA_HOME', flag: 'java-home', value: 'folder', byDefault: 'java on the PATH', about: 'Java 17 or newer' },
  {
    env: 'DREY_BLOB_ROOT',
    flag: 'blob-root',
    value: 'folder|s3:',
    byDefault: 'blobs in DREY_HOME',
    about: 'savepoints, checkpoints, archives, uploaded artifacts',
  },
  {
    env: 'DREY_S3_PATH_STYLE',
    flag: 's3-path-style',
    value: '0|1',
    byDefault: '1 with an endpoint of your own',
    about: 'address buckets by path; also AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID …',
  },
  { env: 'DREY_UPLOAD_LIMIT', flag: 'upload-limit', value: 'MiB', byDefault: '50', about: 'the largest artifact that is uploaded through the API, in MiB' },
  {
    env: 'DREY_ARTIFACT_LIMIT',
    flag: 'artifact-limit',
    value: 'MiB',
    byDefault: '1024',
    about: 'the largest artifact that is fetched, or uploaded to an address asked for, in MiB',
  },
  {
    env: 'DREY_FILE_ROOTS',
    flag: 'file-roots',
    value: 'folders',
    byDefault: 'home, working and temporary folder',
    about: 'where file: artifacts may lie, separated by ":"',
  },
  {
    env: 'DREY_PRIVATE_ADDRESSES',
    flag: 'private-addresses',
    value: '0|1',
    byDefault: '1 with `DREY_AUTH=none`, else 0',
    about: 'take http: artifacts from this machine and private networks, and external Flink clusters there, too',
  },
  { env: 'DREY_KEEP_JOBS', flag: 'keep-jobs', value: 'number', byDefault: '100', about: 'terminal Jobs kept per Deployment, with their logs' },
  { env: 'DREY_KEEP_EVENTS', flag: 'keep-events', value: 'number', byDefault: '10000', about: 'events kept per Deployment' },
  { env: 'DREY_KEEP_AUDIT', flag: 'keep-audit', value: 'days', byDefault: '365', about: 'how long an entry of the audit log is kept, in days' },
  {
    env: 'DREY_EVENT_BUS',
    flag: 'event-bus',
    value: 'name',
    byDefault: 'none',
    about: 'a bus of Amazon EventBridge that is told of each change of a state; needs AWS_REGION',
  },
  {
    env: 'DREY_LOGGING_PROFILES',
    flag: 'logging-profiles',
    value: 'folder',
    byDefault: 'none',
    about: 'further logging profiles: <name>.xml, templates of a log4j2.xml',
  },
  { env: 'DREY_REQUEST_LIMIT', flag: 'request-limit', value: 'seconds', byDefault: '25', about: 'how long a request may take, streams excepted' },
  { env: 'DATABASE_URL', value: 'url', byDefault: 'embedded database', about: 'PostgreSQL 15 or newer: postgres://user:password@host/database' },
  {
    env: 'DREY_SECRET_KEY',
    value: 'key',
    byDefault: 'a key in DREY_HOME',
    about: 'encrypts secret values; needed with DATABASE_URL: 32 random bytes as base64 or hex',
  },
  { env: 'DREY_OLD_SECRET_KEYS', value: 'keys', byDefault: 'none', about: 'former keys that still decrypt; separated by ","' },
  {
    env: 'TEMPORAL_ADDRESS',
    flag: 'temporal-address',
    value: 'host:port',
    byDefault: 'own dev server',
    about: 'a Temporal server; also TEMPORAL_API_KEY, TEMPORAL_TLS…',
  },
  { env: 'TEMPORAL_NAMESPACE', flag: 'temporal-namespace', value: 'name', byDefault: 'default', about: 'with TEMPORAL_ADDRESS' },
];

/**
 * The values given as flags, by the name of their environment variable, or one sentence that says what is wrong.
 * @param {readonly string[]} args
 * @returns {{ given: Record<string, string>, help: boolean, version: boolean } | { problem: string }}
 */
export function parseFlags(args) {
  const options = Object.fromEntries(SETTINGS.flatMap((each) => (each.flag ? [[each.flag, { type: /** @type {const} */ ('string') }]] : [])));
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...options, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
      strict: true,
    });
    /** @type {Record<string, string>} */
    const given = {};
    for (const { env, flag } of SETTINGS) {
      const value = flag === undefined ? undefined : /** @type {Record<string, unknown>} */ (values)[flag];
      if (typeof value === 'string') given[env] = value;
    }
    return { given, help: values.help === true, version: values.version === true };
  } catch (error) {
    const said = error instanceof Error ? (error.message.split(/[.\n]/)[0] ?? '') : String(error);
    return { problem: `${said}. \`npm start -- --help\` lists every flag.` };
  }
}

/** @param {string} version */
export function helpText(version) {
  const rows = SETTINGS.map((each) => [each.flag ? `--${each.flag} <${each.value}>` : '', each.env, each.byDefault, each.about]);
  const width = (/** @type {number} */ column) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const [flags, names, defaults] = [width(0), width(1), width(2)];
  const line = (/** @type {readonly (string | undefined)[]} */ [flag = '', name = '', value = '', about = '']) =>
    `  ${flag.padEnd(flags)}  ${name.padEnd(names)}  ${value.padEnd(defaults)}  ${about}`.trimEnd();
  return [
    `drey ${version}: a control plane for Apache Flink jobs that never loses state silently`,
    '',
    'Usage: npm start -- [flags]      start the platform; Ctrl-C stops it and keeps the state of every job',
    '       npm start -- --help       this page          npm start -- --version',
    '',
    line(['flag', 'environment', 'default', 'what it is']),
    ...rows.map(line),
    '',
    'A flag wins over the environment. Secrets have no flag: a command line can be read by others.',
  ].join('\n');
}
