// What running Flink on this machine needs from it: a Java new enough, and Maven as long as Flink has to be fetched. Installs nothing.
import { join } from 'node:path';
import { StartProblem } from '../start-problem.ts';
import { findExecutable, outputOf } from './executables.ts';

export interface Machine {
  /** Folders of the PATH. */
  readonly searchPath: readonly string[];
  readonly javaHome?: string;
}

const OLDEST_JAVA = 17;
const WITHOUT = 'or start with DREY_LOCAL_TARGETS=0, without Flink on this machine';
const GET_JAVA = `install Java ${OLDEST_JAVA} or newer (Debian: apt install openjdk-17-jre-headless, macOS: brew install openjdk@17), set JAVA_HOME to it, ${WITHOUT}`;

/** The main version in what `java -version` prints: 17 for "17.0.15", 8 for "1.8.0_392". */
export function parseJavaVersion(output: string): number | undefined {
  const version = /version "(?:1\.)?(\d+)/.exec(output)?.[1];
  return version === undefined ? undefined : Number(version);
}

/** The `java` to run Flink with. Throws a StartProblem that names the remedy. */
export async function findJava({ searchPath, javaHome }: Machine): Promise<string> {
  const path = javaHome === undefined ? await findExecutable('java', searchPath) : join(javaHome, 'bin', 'java');
  if (path === undefined) throw new StartProblem(`Java was not found: ${GET_JAVA}.`);
  const version = parseJavaVersion((await outputOf(path, ['-version'])) ?? '');
  if (version === undefined) throw new StartProblem(`${path} is no Java that runs: ${GET_JAVA}.`);
  if (version < OLDEST_JAVA) throw new StartProblem(`${path} is Java ${version}, but drey runs Flink on Java ${OLDEST_JAVA} or newer: ${GET_JAVA}.`);
  return path;
}

/** Throws a StartProblem when there is no `mvn`. Asked only while Flink has to be fetched. */
export async function requireMaven({ searchPath }: Machine): Promise<void> {
  if ((await findExecutable('mvn', searchPath)) !== undefined) return;
  throw new StartProblem(
    `Maven is needed to fetch Flink: install it (Debian: apt install maven, macOS: brew install maven), set FLINK_HOME to a Flink installation, ${WITHOUT}.`,
  );
}
