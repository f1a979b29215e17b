// Uploaded artifacts in the bucket of the blob root. An object is there as a whole or not at all; large ones can be sent to S3 directly,
// by an address it gives for one object and one hour.
import { artifactFolder, MOST_LISTED } from './layout.ts';
import { ADDRESS_MS } from './folder-uploads.ts';
import type { S3, S3Object, S3Place } from './s3.ts';
import { keyBelow, s3Location } from './s3-location.ts';
import type { ArtifactPlace, UploadedArtifact, UploadedArtifacts } from './storage.ts';

export function createS3Uploads(s3: S3, { bucket, key: root }: S3Place): UploadedArtifacts {
  const folderOf = (namespace: string): string => `${keyBelow(root, ...artifactFolder(namespace))}/`;
  const placeOf = ({ namespace, filename }: ArtifactPlace): S3Place => ({ bucket, key: `${folderOf(namespace)}${filename}` });
  const toArtifact = ({ key, modifiedAt }: S3Object): UploadedArtifact => ({
    filename: key.slice(key.lastIndexOf('/') + 1),
    uri: s3Location({ bucket, key }),
    createdAt: modifiedAt,
  });
  const find = async (place: ArtifactPlace): Promise<UploadedArtifact | undefined> => {
    const object = await s3.look(placeOf(place));
    return object && toArtifact(object);
  };
  return {
    async put(place, content) {
      await s3.put(placeOf(place), content);
      const stored = await find(place);
      if (stored === undefined) throw new Error('the artifact was removed by somebody else as soon as it was stored');
      return stored;
    },
    async list(namespace) {
      const key = folderOf(namespace);
      const { objects } = await s3.list({ bucket, key }, { oneLevel: true, most: MOST_LISTED });
      return objects.filter((object) => object.key !== key).map(toArtifact);
    },
    find,
    async remove(place) {
      const found = await find(place);
      if (found !== undefined) await s3.remove(bucket, [placeOf(place).key]);
      return found;
    },
    async clear(namespace) {
      const { objects } = await s3.list({ bucket, key: folderOf(namespace) });
      await s3.remove(
        bucket,
        objects.map(({ key }) => key),
      );
    },
    address: async (place, now) => ({ url: await s3.signPut(placeOf(place), ADDRESS_MS), expiresAt: now + ADDRESS_MS }),
    redeem: () => Promise.resolve(undefined),
  };
}
