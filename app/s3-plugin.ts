// A Flink on this machine writes to S3 only with a plugin, which drey does not fetch. Looks for it before anything starts.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { StartProblem } from './start-problem.ts';

const PLUGIN = /^flink-s3-fs-.*\.jar$/;

/** Throws a StartProblem when Flink is to run here and could not write its savepoints. */
export async function requireS3Plugin({ blobRoot, localTargets, flinkHome }: Pick<Config, 'blobRoot' | 'localTargets' | 'flinkHome'>): Promise<void> {
  if (!localTargets || !blobRoot.startsWith('s3:')) return;
  if (flinkHome !== undefined && (await hasPlugin(join(flinkHome, 'plugins')))) return;
  throw new StartProblem(
    `DREY_BLOB_ROOT is ${blobRoot}, but Flink on this machine cannot write there: put flink-s3-fs-hadoop-<version>.jar into plugins/s3-fs-hadoop of the Flink that FLINK_HOME names, use a folder, or start with DREY_LOCAL_TARGETS=0.`,
  );
}

/** Each plugin has a folder of its own. */
async function hasPlugin(plugins: string): Promise<boolean> {
  const folders = await readdir(plugins).catch(() => []);
  const names = await Promise.all(folders.map((folder) => readdir(join(plugins, folder)).catch(() => [])));
  return names.flat().some((name) => PLUGIN.test(name));
}
