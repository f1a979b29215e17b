// Refuses a logging profile that nobody has written. Whether a template is one is the schema's affair.
import { DEFAULT_PROFILE, profileFault } from '../domain/logging.ts';
import type { Logging } from '../domain/template.schema.ts';
import type { FunctionSettings } from './deps.ts';
import { Problem } from './problem.ts';

interface Write {
  /** Where `logging` stands, for example `spec.logging`. */
  readonly field: string;
  readonly logging: Logging | undefined;
  readonly before?: Logging | undefined;
}

/** What is stored already stays possible, also when its profile is gone: its next start says so. */
export function refuseUnknownProfile({ loggingProfiles = {} }: FunctionSettings, { field, logging, before }: Write): void {
  const loggingProfile = logging?.loggingProfile ?? DEFAULT_PROFILE;
  if (loggingProfile === before?.loggingProfile) return;
  const fault = profileFault(loggingProfile, loggingProfiles);
  if (fault !== undefined) throw new Problem('invalid', fault, `${field}.loggingProfile`);
}
