// The configuration of a process that keeps nothing: a function or a container. Its database, Temporal and state are elsewhere, and
// what is secret may lie in Secrets Manager or the Parameter Store. It runs no Flink, and answers whoever finds its address.
import { type Config, ENVIRONMENT, readConfig } from './config.ts';
import { readReferredSettings } from './referred-settings.ts';
import { StartProblem } from './start-problem.ts';

/** The only folder such a process may write to. */
const FOLDER = '/tmp/drey';

/** Throws a StartProblem that names what is missing. */
export async function readRemoteConfig(variables: Readonly<Record<string, string | undefined>> = ENVIRONMENT): Promise<Config> {
  const given = await readReferredSettings(variables);
  const config = await readConfig([], {
    DREY_HOME: FOLDER,
    DREY_CACHE: FOLDER,
    DREY_AUTH: 'tokens',
    ...given,
    HOST: '0.0.0.0',
    DREY_LOCAL_TARGETS: '0',
    DREY_EXAMPLE: '0',
  });
  if (config.database.kind === 'embedded') throw new StartProblem('DATABASE_URL (or DATABASE_URL_FROM) is missing: nothing is kept in this process itself.');
  if (config.temporal.kind === 'embedded') throw new StartProblem('TEMPORAL_ADDRESS is missing: this process does not run a Temporal server.');
  return config;
}
