// Reads the operator's files of defaults, once, at start: a fault names the setting, the file and the field. Applies nothing.
import { readFile } from 'node:fs/promises';
import { globalDefaultsFileSchema } from '../domain/deployment-defaults.schema.ts';
import type { GlobalDefaultsFile } from '../domain/deployment-defaults.schema.ts';
import { withoutNulls } from '../domain/document.ts';
import { flinkImages } from '../domain/flink-images.ts';
import { sessionClusterDefaultsFileSchema } from '../domain/session-cluster.schema.ts';
import { check } from '../functions/check.ts';
import type { Schema } from '../functions/check.ts';
import type { FunctionSettings } from '../functions/deps.ts';
import { parseJson, parseYaml } from '../functions/parse-text.ts';
import { Problem } from '../functions/problem.ts';
import { StartProblem } from './start-problem.ts';

export interface DefaultsFiles {
  readonly deploymentDefaults?: string;
  readonly sessionClusterDefaults?: string;
}

type Defaults = Pick<FunctionSettings, 'defaults' | 'images' | 'sessionClusterDefaults'>;

/** Throws a StartProblem. */
export async function readDefaults({ deploymentDefaults, sessionClusterDefaults }: DefaultsFiles): Promise<Defaults> {
  const file = deploymentDefaults === undefined ? {} : await read('DREY_DEPLOYMENT_DEFAULTS', deploymentDefaults, globalDefaultsFileSchema);
  const cluster =
    sessionClusterDefaults === undefined ? {} : await read('DREY_SESSION_CLUSTER_DEFAULTS', sessionClusterDefaults, sessionClusterDefaultsFileSchema);
  return {
    images: imagesOf(file),
    ...(file.spec === undefined ? {} : { defaults: file.spec }),
    ...(cluster.spec === undefined ? {} : { sessionClusterDefaults: cluster.spec }),
  };
}

function imagesOf({ flinkVersionMetadata = [], flinkDeploymentDefaults = {} }: GlobalDefaultsFile) {
  const tags = Object.fromEntries(flinkVersionMetadata.map(({ flinkVersion, imageTag }) => [flinkVersion, imageTag]));
  return flinkImages({ ...flinkDeploymentDefaults, tags });
}

async function read<T>(setting: string, path: string, schema: Schema<T>) {
  try {
    const text = await readFile(path, 'utf8');
    return check(schema, withoutNulls(/\.json$/i.test(path) ? parseJson(text) : parseYaml(text)), { lenient: false });
  } catch (error) {
    if (error instanceof Problem) throw new StartProblem(`${setting}, the file ${path}: ${error.message.replace(/^the body/, 'it')}.`);
    throw new StartProblem(`${setting}, the file ${path}, cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
