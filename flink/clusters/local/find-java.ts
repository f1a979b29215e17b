// The Java that runs Flink: which one, how new, and the flags that its version needs. Installs nothing.
import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { access, constants } from 'node:fs/promises';
import type { Environment } from '../../artifacts/run-maven.ts';

export interface Java {
  readonly path: string;
  /** 17 for "17.0.15". */
  readonly version: number;
  /** Changes whenever another Java, or another build of it, is found. */
  readonly fingerprint: string;
}

const OLDEST = 17;
const REMEDY = `install Java ${OLDEST} or newer (Debian: apt install openjdk-17-jre-headless, macOS: brew install openjdk@17) or set JAVA_HOME to one`;

/** `<javaHome>/bin/java` where it is given, else the first `java` on the PATH. Throws an Error with one sentence that names the remedy. */
export async function findJava(javaHome: string | undefined, environment: Environment): Promise<Java> {
  const path = javaHome === undefined ? await onPath('java', environment) : join(javaHome, 'bin', 'java');
  if (path === undefined) throw new Error(`Java was not found: ${REMEDY}`);
  const printed = await versionOf(path, environment);
  const version = Number(/version "(?:1\.)?(\d+)/.exec(printed ?? '')?.[1]);
  if (printed === undefined || Number.isNaN(version)) throw new Error(`${path} is no Java that runs: ${REMEDY}`);
  if (version < OLDEST) throw new Error(`${path} is Java ${version}, too old for Flink here: ${REMEDY}`);
  return { path, version, fingerprint: `${await realpath(path)}\n${printed}` };
}

async function onPath(name: string, environment: Environment): Promise<string | undefined> {
  for (const folder of (environment.PATH ?? '').split(delimiter).filter((each) => each !== '')) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

function versionOf(path: string, environment: Environment): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['-version'], { env: { ...environment }, timeout: 20_000 }, (error, stdout, stderr) => resolve(error ? undefined : `${stdout}${stderr}`));
  });
}

const JAVAC = ['api', 'file', 'parser', 'tree', 'util'].map((part) => `jdk.compiler/com.sun.tools.javac.${part}`);
const EXPORTS = ['java.rmi/sun.rmi.registry', ...JAVAC, 'java.security.jgss/sun.security.krb5'];
const OPENS = [
  'java.lang',
  'java.net',
  'java.io',
  'java.nio',
  'sun.nio.ch',
  'java.lang.reflect',
  'java.text',
  'java.time',
  'java.util',
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'java.util.concurrent.locks',
];

/** What Flink needs of a modular Java (`reference/flink.md` §1.5). */
export function moduleFlags(javaVersion: number, flinkVersion: string): readonly string[] {
  const exports = flinkVersion.startsWith('1.') ? ['java.base/sun.net.util', ...EXPORTS] : EXPORTS;
  return [
    ...exports.map((each) => `--add-exports=${each}=ALL-UNNAMED`),
    ...OPENS.map((each) => `--add-opens=java.base/${each}=ALL-UNNAMED`),
    // From 24 on this flag keeps Java from starting.
    ...(javaVersion >= 18 && javaVersion < 24 ? ['-Djava.security.manager=allow'] : []),
  ];
}
