// Parts of a template that Deployments, Jobs and session clusters show alike.
import type { FullTemplate } from '../domain/deployment.ts';
import type { Failure } from '../domain/job.ts';
import type { Logging } from '../domain/template.schema.ts';
import { toTimestamp } from './instants.ts';

const TEMPLATE_SPEC = ['artifact', 'flinkConfiguration', 'parallelism', 'numberOfTaskManagers', 'resources', 'logging', 'kubernetes'] as const;

/** In the order of the manual, because the database forgets the user's. */
export function presentTemplate({ metadata, spec }: FullTemplate): FullTemplate {
  const { artifact, logging } = spec;
  const shown = { ...spec, artifact: inOrder(artifact, ['kind']), logging: presentLogging(logging) };
  return { ...(metadata === undefined ? {} : { metadata }), spec: inOrder(shown, TEMPLATE_SPEC) };
}

/** The same mapping with these keys first. */
export function inOrder<T extends object>(mapping: T, first: readonly (keyof T & string)[]): T {
  const there = first.filter((key) => Object.hasOwn(mapping, key));
  return { ...Object.fromEntries(there.map((key) => [key, mapping[key]])), ...mapping };
}

/** The one null that real answers hold (D17). */
export function presentLogging(logging: Logging): Logging {
  return { ...logging, log4j2ConfigurationTemplate: logging.log4j2ConfigurationTemplate ?? null };
}

export function presentFailure(failure: Failure | undefined): { message: string; reason: string; failedAt: string } | undefined {
  if (failure === undefined) return undefined;
  const { message, reason, failedAt } = failure;
  return { message, reason, failedAt: toTimestamp(failedAt) };
}
