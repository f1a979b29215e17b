// Uploaded artifacts belong to a namespace: its Jobs may run them, those of another may not, whatever else drey itself can read.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ARTIFACTS, artifactFolder } from '../storage/layout.ts';
import { keyBelow, parseS3 } from '../storage/s3-location.ts';
import type { S3Place } from '../storage/s3.ts';
import type { ArtifactSource } from './artifact-uri.ts';
import { isBelow } from './from-file.ts';

/** Undefined when a Job of this namespace may have it, else one sentence. */
export async function faultOfOwner(source: ArtifactSource, namespace: string, blobRoot: string | undefined): Promise<string | undefined> {
  if (blobRoot === undefined) return undefined;
  const root = parseS3(blobRoot);
  const isOthers =
    (source.kind === 's3' && root !== undefined && isOthersObject(source.place, root, namespace)) ||
    (source.kind === 'file' && root === undefined && (await isOthersFile(source.path, blobRoot, namespace)));
  return isOthers ? `${source.name} is an uploaded artifact of another namespace than "${namespace}"` : undefined;
}

/** The folder of uploaded artifacts, where they lie in one. */
export function uploadFolder(blobRoot: string | undefined, namespace: string): readonly string[] {
  return blobRoot === undefined || parseS3(blobRoot) !== undefined ? [] : [join(blobRoot, ...artifactFolder(namespace))];
}

function isOthersObject({ bucket, key }: S3Place, root: S3Place, namespace: string): boolean {
  const below = (...parts: readonly string[]): boolean => key.startsWith(`${keyBelow(root.key.replace(/\/+$/, ''), ...parts)}/`);
  return bucket === root.bucket && below(ARTIFACTS) && !below(...artifactFolder(namespace));
}

async function isOthersFile(path: string, blobRoot: string, namespace: string): Promise<boolean> {
  const real = await realpath(path).catch(() => path);
  return (await isBelow(real, [join(blobRoot, ARTIFACTS)])) && !(await isBelow(real, uploadFolder(blobRoot, namespace)));
}
