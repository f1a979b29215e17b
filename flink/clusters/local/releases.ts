// Which versions of Flink this machine can run, and where their jars are. Fetches nothing.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isBefore } from './flink-yaml.ts';

export interface Release {
  readonly version: string;
  /** Folder of the jars. */
  readonly lib: string;
  /** Folder of Flink's plugins, where there is one. */
  readonly plugins?: string;
  /** Jars that are needed for computing the memory and not for running. */
  readonly tools: readonly string[];
  /** Folder with pom.xml and jars.json; absent for an installation of the user, which is not fetched. */
  readonly recipe?: string;
  /** Compressed list of the classes that every start loads. */
  readonly classes?: string;
}

/** Folder with a folder for each embedded version. */
const RECIPES = join(import.meta.dirname, '..', '..', '..', 'infra', 'flink');
/** Newest first. */
const EMBEDDED = ['2.3.0', '1.20.0'];

export interface ReleasesOptions {
  readonly cache: string;
  readonly flinkHome?: string;
}

/** Newest first, but an installation of the user before all. Throws an Error when `flinkHome` holds no Flink. */
export function findReleases({ cache, flinkHome }: ReleasesOptions): readonly Release[] {
  const embedded = EMBEDDED.map((version) => {
    const recipe = join(RECIPES, version);
    return { version, lib: join(cache, 'flink', version, 'lib'), tools: [], recipe, classes: join(recipe, 'classes.gz') };
  });
  if (flinkHome === undefined) return embedded;
  const own = installed(flinkHome);
  return [own, ...embedded.filter(({ version }) => version !== own.version)];
}

function installed(home: string): Release {
  const version = namesIn(join(home, 'lib'))
    .map((name) => /^flink-dist(?:_[\d.]+)?-(\d[\w.-]*)\.jar$/.exec(name)?.[1])
    .find((found) => found !== undefined);
  if (version === undefined) throw new Error(`FLINK_HOME ${home} holds no Flink: there is no lib/flink-dist-<version>.jar`);
  const tools = namesIn(join(home, 'bin'))
    .filter((name) => name === 'bash-java-utils.jar')
    .map((name) => join(home, 'bin', name));
  const classes = EMBEDDED.filter((each) => each.split('.', 2).join() === version.split('.', 2).join()).map((each) => join(RECIPES, each, 'classes.gz'))[0];
  return { version, lib: join(home, 'lib'), plugins: join(home, 'plugins'), tools, ...(classes !== undefined && { classes }) };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** For Deployments that name no version, as long as no FLINK_HOME is given. */
const DEFAULT = '1.20.0';

/** The release that runs `wanted`: the same version, or the newest of that line ("1.20"). Undefined: the user's own installation, else 1.20.0. */
export function findRelease(releases: readonly Release[], wanted: string | undefined): Release | undefined {
  if (wanted === undefined || wanted.trim() === '')
    return releases.find(({ recipe }) => recipe === undefined) ?? releases.find(({ version }) => version === DEFAULT);
  const text = wanted.trim();
  return releases.find(({ version }) => version === text) ?? releases.find(({ version }) => version.startsWith(`${text}.`));
}

/** All jars in a fixed order: archives of classes are bound to it. */
export function classPathOf({ lib }: Release): string {
  const jars = namesIn(lib).filter((name) => name.endsWith('.jar'));
  return jars
    .toSorted()
    .map((name) => join(lib, name))
    .join(':');
}

/** `versions`, newest first. */
export function newestFirst(versions: readonly string[]): readonly string[] {
  return versions.toSorted((a, b) => (a === b ? 0 : isBefore(a, b) ? 1 : -1));
}
