// The packages of infra/aws, which are not the platform's: `npm test` installs them before its checks; whoever runs a test alone gets them here.
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { ensureDependencies, ROOT } from '../../app/install.mjs';

export const CDK = join(ROOT, 'infra', 'aws');

/** Two runs never install at once. */
export async function installCdk(): Promise<void> {
  const release = await lock(CDK, { retries: { retries: 600, factor: 1, minTimeout: 1000 }, stale: 15_000 });
  try {
    const problem = await ensureDependencies({ dev: true, folder: CDK });
    if (problem !== undefined) throw new Error(problem);
  } finally {
    await release();
  }
}
