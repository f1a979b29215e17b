// Opens the blob root, a folder or a place in S3: the one file that knows there are two kinds.
import type { Flink } from '../flink.ts';
import { createFolderSnapshots } from './folder-snapshots.ts';
import { createFolderUploads } from './folder-uploads.ts';
import { createS3, type S3 } from './s3.ts';
import { parseS3 } from './s3-location.ts';
import { createS3Snapshots } from './s3-snapshots.ts';
import { createS3Uploads } from './s3-uploads.ts';

export interface StorageOptions {
  /** An absolute folder, which need not exist yet, or `s3://bucket/prefix`. */
  readonly blobRoot: string;
  readonly s3?: S3;
}

export function createStorage({ blobRoot, s3 = createS3({ pathStyle: false }) }: StorageOptions): Pick<Flink, 'storage' | 'uploads'> {
  const place = parseS3(blobRoot);
  if (place === undefined) return { storage: createFolderSnapshots(blobRoot), uploads: createFolderUploads(blobRoot) };
  const root = { ...place, key: place.key.replace(/\/+$/, '') };
  return { storage: createS3Snapshots(s3, root), uploads: createS3Uploads(s3, root) };
}
