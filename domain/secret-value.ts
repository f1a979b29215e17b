// SecretValue: a text that jarUri and flinkConfiguration name as `${NAME}` (vvp.md §1.8, §1.15). Which texts name which, and how they are
// filled in, once, when a Job starts. What is filled in is never stored.
import type { SecretValueId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { Job } from './job.ts';

export interface SecretValue {
  readonly id: SecretValueId;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Absent when it was encrypted with a key that is not configured. */
  readonly value?: string;
  readonly resourceVersion: number;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

/** Whose secret values may be echoed: those of these names, or all of the namespace. */
export interface SecretOwner {
  readonly namespace: string;
  readonly names: readonly string[] | 'all';
}

const REFERENCE = /\$\{([-_0-9a-zA-Z]{1,250})\}/g;

/** Every name that one of the texts refers to, once. Braces around anything that is no name refer to nothing. */
export function secretNamesIn(texts: Iterable<string>): readonly string[] {
  const names = new Set<string>();
  for (const text of texts) for (const [, name = ''] of text.matchAll(REFERENCE)) names.add(name);
  return [...names];
}

/** The text with the values in place of their names. A value is not looked into; a name without a value stays. */
export function withSecrets(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (whole, name: string) => values.get(name) ?? whole);
}

type Addressed = Pick<Job, 'template' | 'flinkConfiguration'>;

/** The addresses a Job's artifact is fetched from, the jar's first. */
export function artifactAddresses({ template }: Pick<Job, 'template'>): readonly string[] {
  const { artifact } = template.spec;
  return [...(artifact.kind === 'JAR' ? [artifact.jarUri] : []), ...(artifact.additionalDependencies ?? [])];
}

/** On a cluster of its own only its own values are at hand; a session cluster is shared, and so is what it prints. */
export function ownerOfJob(job: Addressed & Pick<Job, 'namespace' | 'place'>): SecretOwner {
  const { namespace, place, flinkConfiguration } = job;
  if (place.kind === 'session') return { namespace, names: 'all' };
  return { namespace, names: secretNamesIn([...artifactAddresses(job), ...Object.values(flinkConfiguration)]) };
}

export function ownerOfSessionCluster({ namespace }: { readonly namespace: string }): SecretOwner {
  return { namespace, names: 'all' };
}

/** Keys by which drey knows where state lies and whether it outlives the job: it reads, records and shows them. */
const ABOUT_STATE = /^(state\.(savepoints|checkpoints)|execution\.checkpointing)\./;

/** One sentence where a secret value is named in a setting that cannot hold one. */
export function misplacedSecret(configuration: Readonly<Record<string, string>>): string | undefined {
  const key = Object.keys(configuration).find((each) => ABOUT_STATE.test(each) && secretNamesIn([configuration[each] ?? '']).length > 0);
  return key === undefined ? undefined : `flinkConfiguration "${key}" cannot hold a secret value: where state lies, and how it is kept, is recorded and shown`;
}
