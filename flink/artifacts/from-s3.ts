// Artifacts in S3, read with drey's own credentials. One read of one object, so that its bytes belong together; bounded in size and time.
import type { Answer } from '../flink.ts';
import { s3Location } from '../storage/s3-location.ts';
import type { S3, S3Place } from '../storage/s3.ts';
import { later, messageOf, refused, tooLarge } from './refusals.ts';
import { type Saved, saveStream, TooLarge, type Watch } from './save-stream.ts';

export interface S3Order {
  readonly place: S3Place;
  readonly target: string;
  /** For the artifact as a whole, in milliseconds. */
  readonly limitMs: number;
}

/** What S3 says and will say again. */
const FOR_GOOD = new Set(['NoSuchKey', 'NoSuchBucket', 'NotFound', 'AccessDenied', 'InvalidBucketName', 'InvalidObjectState', 'PermanentRedirect']);

export async function fetchS3({ place, target, limitMs }: S3Order, s3: S3, watch: Watch): Promise<Answer<Saved>> {
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([watch.signal, limit]);
  const shown = s3Location(place);
  try {
    const { body, bytes } = await s3.get(place, signal);
    if (bytes > watch.maxBytes) {
      body.on('error', () => undefined).destroy();
      return tooLarge(shown, watch.maxBytes);
    }
    return { kind: 'done', value: await saveStream(body, target, { ...watch, signal }) };
  } catch (error) {
    if (error instanceof TooLarge) return tooLarge(shown, watch.maxBytes);
    if (error instanceof Error && FOR_GOOD.has(error.name)) return refused(`${shown} cannot be read: ${error.name}`);
    if (limit.aborted) return later(`${shown} did not arrive within ${Math.round(limitMs / 1000)} s`);
    return later(`${shown} could not be fetched: ${messageOf(error)}`);
  }
}
