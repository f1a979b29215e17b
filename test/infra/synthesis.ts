// Runs the program of infra/aws as the CLI of CDK does, into a folder of the test, with bundles that hold nothing: what they hold is tested elsewhere.
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CDK } from './installed-cdk.ts';
import type { Template } from './template.ts';
import type { Context } from './variants.ts';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** `source`: of the program, where it is not app.ts. */
export async function runApp(context: Context, { folder, source }: { readonly folder: string; readonly source?: string }): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:version-reporting': false, ...context }) };
  return source === undefined ? run(process.execPath, ['app.ts'], env) : runNode(source, [], env);
}

/** A program that stands beside those of infra/aws. */
export function runNode(source: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> {
  return run(process.execPath, ['--input-type=module-typescript', '--eval', source, ...args], env);
}

export function run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(program, [...args], { cwd: CDK, stdio: ['ignore', 'pipe', 'pipe'], ...(env !== undefined && { env }) });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** A folder of bundles that hold nothing. */
export async function emptyBundles(folder: string): Promise<string> {
  for (const [bundle, files] of [
    ['lambda', ['api.mjs', 'schedule.mjs']],
    ['worker-lambda', ['worker.js']],
  ] as const) {
    await mkdir(join(folder, bundle), { recursive: true });
    for (const file of files) await writeFile(join(folder, bundle, file), '// Built elsewhere.\n');
  }
  return folder;
}

export interface Synthesis extends Ended {
  readonly file: string;
  readonly template: Template;
  /** Of cdk-nag. */
  readonly findings: readonly unknown[];
  /** What CDK would ask an account. */
  readonly lookups: unknown;
}

export async function synthesise(context: Context, folder: string): Promise<Synthesis> {
  const ended = await runApp(context, { folder });
  if (ended.code !== 0) throw new Error(`the synthesis ended with ${ended.code}: ${ended.output}`);
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const report = (await read('validation-report.json')) as { readonly pluginReports: readonly unknown[] };
  const { missing } = (await read('manifest.json')) as { readonly missing?: unknown };
  const name = typeof context['name'] === 'string' ? context['name'] : 'drey';
  const file = `${name}.template.json`;
  return { ...ended, file: join(folder, file), template: (await read(file)) as Template, findings: report.pluginReports, lookups: missing };
}
