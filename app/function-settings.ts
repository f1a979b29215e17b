// What the functions have to know of the configuration, wherever they are served.
import { fileURLToPath } from 'node:url';
import type { FunctionSettings } from '../functions/deps.ts';
import type { Config } from './config.ts';
import { findCommit } from './revision.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What reads files of defaults is imported only where there are some. `version`: of drey. Throws a StartProblem. */
export async function functionSettings(config: Config, version: string): Promise<FunctionSettings> {
  const { access, allowedHosts, lenient, localTargets, legacyNames, uploadLimit, artifactLimit, requestLimitMs } = config;
  const hasFiles = config.deploymentDefaults !== undefined || config.sessionClusterDefaults !== undefined;
  const defaults = hasFiles ? await (await import('./read-defaults.ts')).readDefaults(config) : {};
  const commit = await findCommit(ROOT);
  const revision = commit === undefined ? {} : { commit };
  return { version, ...access, revision, allowedHosts, lenient, localTargets, legacyNames, uploadLimit, artifactLimit, requestLimitMs, ...defaults };
}
