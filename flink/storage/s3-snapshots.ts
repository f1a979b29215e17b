// Savepoints and checkpoints in the bucket of the blob root: the layout of the manual (vvp.md §1.15). Reports complete snapshots only, and
// never takes a bucket that cannot be read for an empty one. Other buckets and file systems are not seen here.
import { basename } from 'node:path';
import { normaliseLocation } from '../../domain/location.ts';
import { CHECKPOINT_NAME, checkpointIdOf, newestFirst, SAVEPOINT_NAME, snapshotPlaces } from './layout.ts';
import type { S3, S3Place } from './s3.ts';
import { keyBelow, parseS3, s3Location } from './s3-location.ts';
import type { FoundSnapshot, SnapshotStorage } from './storage.ts';

const METADATA = '/_metadata';

export function createS3Snapshots(s3: S3, root: S3Place): SnapshotStorage {
  const placeOf = (location: string): S3Place | undefined => {
    const place = parseS3(normaliseLocation(location));
    return place?.bucket === root.bucket && place.key !== '' ? place : undefined;
  };
  return {
    ...snapshotPlaces((...parts) => s3Location({ bucket: root.bucket, key: keyBelow(root.key, ...parts) })),
    async findSavepoint(targetDirectory) {
      const found = await snapshotsIn(s3, placeOf(targetDirectory), SAVEPOINT_NAME);
      return found.toSorted((a, b) => b.writtenAt - a.writtenAt)[0];
    },
    async listCheckpoints(directory, jobId) {
      const place = placeOf(directory);
      return newestFirst(await snapshotsIn(s3, place && { ...place, key: `${place.key}/${jobId}` }, CHECKPOINT_NAME));
    },
    sees: (location) => placeOf(location) !== undefined,
    async exists(location) {
      const place = placeOf(location);
      return place !== undefined && (await snapshotAt(s3, place)) !== undefined;
    },
    async remove(location) {
      const place = placeOf(location);
      if (place === undefined) throw new Error(`${location} does not lie in the bucket ${root.bucket}, so it cannot be removed here`);
      await remove(s3, place, location);
    },
  };
}

async function snapshotsIn(s3: S3, place: S3Place | undefined, name: RegExp): Promise<readonly FoundSnapshot[]> {
  if (place === undefined) return [];
  const { folders } = await s3.list({ ...place, key: `${place.key}/` }, { oneLevel: true });
  const wanted = folders.filter((folder) => name.test(folder));
  const found = await Promise.all(wanted.map((folder) => snapshotAt(s3, { ...place, key: `${place.key}/${folder}` })));
  return found.filter((snapshot) => snapshot !== undefined);
}

async function snapshotAt(s3: S3, place: S3Place): Promise<FoundSnapshot | undefined> {
  const metadata = await s3.look({ ...place, key: `${place.key}${METADATA}` });
  if (metadata === undefined) return undefined;
  return { location: s3Location(place), writtenAt: metadata.modifiedAt, ...checkpointIdOf(basename(place.key)) };
}

/** `_metadata` goes last, so that a removal that was interrupted is still recognised as one. Throws for what is no snapshot. */
async function remove(s3: S3, { bucket, key }: S3Place, location: string): Promise<void> {
  const { objects } = await s3.list({ bucket, key: `${key}/` });
  const metadata = `${key}${METADATA}`;
  const keys = objects.map((object) => object.key);
  if (keys.length > 0 && !keys.includes(metadata)) throw new Error(`${location} is no complete snapshot, so it is not removed`);
  await s3.remove(
    bucket,
    keys.filter((each) => each !== metadata),
  );
  if (keys.length > 0) await s3.remove(bucket, [metadata]);
}
