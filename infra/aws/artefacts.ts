// Where what is deployed was built: the bundles of the functions, and the sources of the image. Builds nothing.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from './settings.ts';

/** Of the whole repository. */
export const ROOT = join(import.meta.dirname, '..', '..');

export type Bundle = 'lambda' | 'worker-lambda';

/** The folder of a bundle. `file`: what must be in it. */
export function bundleFolder({ artefacts = join(ROOT, 'dist') }: Settings, bundle: Bundle, file: string): string {
  const folder = join(resolve(artefacts), bundle);
  if (existsSync(join(folder, file))) return folder;
  throw new Error(`${join(folder, file)} is missing: run npm run build:lambda`);
}
