// The packages of infra/aws, which are not the platform's: installed once, by npm, when they are not there in the versions of the lock file. Two runs never
// install at once.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { lock } from 'proper-lockfile';
import { missingPackages, ROOT } from '../../app/install.mjs';

export const CDK = join(ROOT, 'infra', 'aws');

type Packages = Parameters<typeof missingPackages>[0]['wanted'];

async function packagesIn(file: string): Promise<Packages> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { readonly packages?: Packages }).packages ?? {};
}

async function isComplete(): Promise<boolean> {
  const [wanted, installed] = await Promise.all([packagesIn(join(CDK, 'package-lock.json')), packagesIn(join(CDK, 'node_modules', '.package-lock.json'))]);
  return missingPackages({ wanted, installed, dev: true }).length === 0;
}

export async function installCdk(): Promise<void> {
  if (await isComplete()) return;
  const release = await lock(CDK, { retries: { retries: 600, factor: 1, minTimeout: 1000 }, stale: 15_000 });
  try {
    if (!(await isComplete())) await promisify(execFile)('npm', ['ci', '--loglevel=error'], { cwd: CDK });
  } finally {
    await release();
  }
}
