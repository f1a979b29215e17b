// Settings that lie elsewhere: `NAME_FROM=secret:<name or ARN>` takes NAME from Secrets Manager, `NAME_FROM=parameter:<name>` from the
// Parameter Store of SSM; `#key` behind it takes one field of a JSON text. Values are read once per container and never logged.
import { callAmazon } from './amazon.ts';
import type { Variables } from './config.ts';
import { StartProblem } from './start-problem.ts';

const SUFFIX = '_FROM';
const FORM = 'must be secret:<name or ARN> or parameter:<name>, and may end with #<field>';
/** Less than a function may take to answer that something is missing. */
const LIMIT_MS = 2500;

/** The variables with every NAME_FROM replaced by its NAME. Throws a StartProblem that names the setting and holds no value. */
export async function readReferredSettings(variables: Variables): Promise<Variables> {
  const plain = Object.entries(variables).filter(([name]) => !isReference(name));
  const referred = Object.entries(variables).flatMap(([name, value]) => (isReference(name) && value !== undefined && value !== '' ? [{ name, value }] : []));
  const read = await Promise.all(
    referred.map(async ({ name, value }) => [name.slice(0, -SUFFIX.length), await readSetting({ setting: name, reference: value }, variables)] as const),
  );
  return Object.fromEntries([...plain, ...read]);
}

/** Of this product's and Temporal's settings only: other programs have variables of such names as well. */
function isReference(name: string): boolean {
  return /^(DREY|DATABASE|TEMPORAL)_[A-Z0-9_]*_FROM$|^DATABASE_URL_FROM$/.test(name);
}

interface Reference {
  readonly setting: string;
  readonly reference: string;
}

async function readSetting({ setting, reference }: Reference, variables: Variables): Promise<string> {
  const [, kind, id = '', field] = /^(secret|parameter):([^#\s]+)(?:#(.+))?$/.exec(reference) ?? [];
  if (kind === undefined) throw new StartProblem(`${setting} ${FORM}.`);
  const text = await (kind === 'secret' ? readSecret(id, variables) : readParameter(id, variables)).catch((error: unknown) => {
    const said = error instanceof Error ? error.message : String(error);
    throw new StartProblem(`${setting}: ${kind} "${id}" cannot be read (${said}).`);
  });
  if (text === undefined) throw new StartProblem(`${setting}: ${kind} "${id}" holds no text.`);
  const fields = asFields(text);
  if (field !== undefined) return fieldOf(fields, field, setting);
  return setting === `DATABASE_URL${SUFFIX}` && fields !== undefined ? toDatabaseUrl(fields, setting) : text.trim();
}

async function readSecret(id: string, variables: Variables): Promise<string | undefined> {
  const answer = await callAmazon(variables, { target: 'secretsmanager.GetSecretValue', body: { SecretId: id }, limitMs: LIMIT_MS });
  return textAt(answer, 'SecretString');
}

async function readParameter(name: string, variables: Variables): Promise<string | undefined> {
  const { Parameter } = await callAmazon(variables, { target: 'AmazonSSM.GetParameter', body: { Name: name, WithDecryption: true }, limitMs: LIMIT_MS });
  return textAt(Parameter, 'Value');
}

function textAt(answer: unknown, name: string): string | undefined {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function asFields(text: string): Fields | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return undefined;
  }
}

function fieldOf(fields: Fields | undefined, name: string, setting: string): string {
  const value = fields?.[name];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new StartProblem(`${setting}: what it names is no JSON with a field "${name}".`);
}

/** The secret that RDS makes for a database has these fields. */
function toDatabaseUrl(fields: Fields, setting: string): string {
  const get = (name: string): string => fieldOf(fields, name, setting);
  const [user, password] = [encodeURIComponent(get('username')), encodeURIComponent(get('password'))];
  return `postgres://${user}:${password}@${get('host')}:${fields['port'] === undefined ? 5432 : get('port')}/${fields['dbname'] === undefined ? 'drey' : get('dbname')}?sslmode=verify-full`;
}
