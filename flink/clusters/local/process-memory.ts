// Asks Flink's own BashJavaUtils how a process' memory is divided, as Flink's scripts do: flags of the JVM and arguments of the
// process. It is also the judge of sizes that cannot work. Computes nothing itself.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../artifacts/run-maven.ts';
import { configFile } from './flink-yaml.ts';

export interface ProcessMemory {
  /** Flags of the JVM, without an initial heap size. */
  readonly flags: readonly string[];
  /** Arguments of the process: `-D`, `key=value`, … */
  readonly args: readonly string[];
}

export type MemoryAnswer = { readonly kind: 'fits'; readonly memory: ProcessMemory } | { readonly kind: 'impossible'; readonly reason: string };

export interface MemoryQuestion {
  readonly process: 'JM' | 'TM';
  readonly flinkVersion: string;
  readonly java: string;
  readonly flags: readonly string[];
  readonly classPath: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly environment: Environment;
}

const MAIN = 'org.apache.flink.runtime.util.bash.BashJavaUtils';
const RESULT = 'BASH_JAVA_UTILS_EXEC_RESULT:';
const LIMIT_MS = 60_000;

const answers = new Map<string, MemoryAnswer>();

/** Asks a given question once per process of ours. Throws when Java itself does not run. */
export async function processMemory(question: MemoryQuestion): Promise<MemoryAnswer> {
  const { process: kind, flinkVersion, java, settings } = question;
  const key = JSON.stringify([kind, flinkVersion, java, settings]);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const answer = await ask(question);
  answers.set(key, answer);
  return answer;
}

async function ask({ process: kind, flinkVersion, java, flags, classPath, settings, environment }: MemoryQuestion): Promise<MemoryAnswer> {
  const folder = await mkdtemp(join(tmpdir(), 'drey-memory-'));
  try {
    const { name, text } = configFile(flinkVersion, settings);
    await writeFile(join(folder, name), text, { mode: 0o600 });
    const args = [...flags, '-cp', classPath, MAIN, `GET_${kind}_RESOURCE_PARAMS`, '--configDir', folder];
    const { stdout, stderr, failure } = await run(java, args, environment);
    const lines = stdout.split('\n').flatMap((line) => (line.startsWith(RESULT) ? [line.slice(RESULT.length).trim()] : []));
    const [jvm, dynamic] = lines;
    if (jvm !== undefined && dynamic !== undefined) return { kind: 'fits', memory: parse(jvm, dynamic) };
    const refused = /(?:IllegalConfigurationException|IllegalArgumentException|NumberFormatException): (.+)/g;
    const reason = [...stderr.matchAll(refused)].at(-1)?.[1];
    if (reason === undefined) throw new Error(`Flink could not divide the memory: ${stderr.trim().split('\n').at(-1) || failure}`);
    return { kind: 'impossible', reason };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parse(jvm: string, dynamic: string): ProcessMemory {
  const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');
  return { flags: words(jvm).filter((flag) => !flag.startsWith('-Xms')), args: words(dynamic) };
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly failure?: string;
}

function run(program: string, args: readonly string[], environment: Environment): Promise<Printed> {
  return new Promise((resolve) => {
    execFile(program, [...args], { env: { ...environment }, timeout: LIMIT_MS, maxBuffer: 1 << 22 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, ...(error && { failure: error.message.split('\n')[0] ?? error.message }) });
    });
  });
}
