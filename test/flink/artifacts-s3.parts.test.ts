// Fetching artifacts from S3 (moto): which of them, how much of them, and what is tried again.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { FetchedArtifact } from '../../domain/job.ts';
import { type ArtifactsOptions, createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import type { Answer } from '../../flink/flink.ts';
import { createS3 } from '../../flink/storage/s3.ts';
import { type Moto, startMoto } from '../fixtures/start-moto.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const JAR = `PK\u0003\u0004${'x'.repeat(1000)}`;

let moto: Moto;
let client: S3Client;
let home: string;
let bucket: string;
beforeAll(async () => {
  moto = await startMoto();
  client = new S3Client({ endpoint: moto.settings.endpoint, region: 'us-east-1', forcePathStyle: true });
});
afterAll(() => moto.stop());
beforeEach(async () => {
  home = temporaryFolder();
  bucket = await moto.bucket();
});

const put = (Key: string, Body = JAR) => client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

function fetchArtifact(uri: string, over: Partial<ArtifactsOptions> = {}, jobId = randomUUID()): Promise<Answer<FetchedArtifact>> {
  const options = { home, cache: join(home, 'cache'), roots: [], blobRoot: `s3://${bucket}/drey`, s3: createS3(moto.settings), baseEnv: {}, ...over };
  const order = { jobId: parseId<'JobId'>(jobId), namespace: 'default', uri, additionalDependencies: [] };
  return createArtifacts(options).fetch(order, new AbortController().signal, () => undefined);
}

describe('an object in S3', () => {
  it.each(['s3', 's3a', 's3p'])('is fetched by %s:, and is the same when asked for again', async (scheme) => {
    await put('jobs/my job#1.jar');
    const jobId = randomUUID();
    const uri = `${scheme}://${bucket}/jobs/my job#1.jar`;
    const first = await fetchArtifact(uri, {}, jobId);
    expect(first).toMatchObject({ kind: 'done', value: { path: join(home, 'artifacts', jobId, 'my_job_1.jar'), bytes: JAR.length } });
    await put('jobs/my job#1.jar', `${JAR}!`);
    expect(await fetchArtifact(uri, {}, jobId)).toEqual(first);
    expect(readFileSync(join(home, 'artifacts', jobId, 'my_job_1.jar'), 'latin1')).toBe(JAR);
  });

  it('may be an uploaded artifact of the own namespace, and of no other', async () => {
    for (const namespace of ['default', 'default-2', 'other']) await put(`drey/artifacts/namespaces/${namespace}/job.jar`);
    expect(await fetchArtifact(`s3://${bucket}/drey/artifacts/namespaces/default/job.jar`)).toMatchObject({ kind: 'done' });
    for (const namespace of ['default-2', 'other', 'default/../other']) {
      const answer = await fetchArtifact(`s3a://${bucket}//drey/artifacts/namespaces/${namespace}/job.jar`);
      expect(answer, namespace).toMatchObject({ kind: 'rejected' });
    }
  });

  it.each([
    ['an object that is not there', 'absent.jar', 'NoSuchKey'],
    ['no jar', 'page.jar', 'is not a jar'],
    ['one that is too large', 'large.jar', 'is larger than'],
  ])('is refused when it is %s, and nothing of it stays', async (_, key, sentence) => {
    await put('page.jar', '<html>');
    await put('large.jar', `PK${'x'.repeat(3_000_000)}`);
    expect(await fetchArtifact(`s3://${bucket}/${key}`, { maxBytes: 2 ** 20 })).toMatchObject({ kind: 'rejected', reason: expect.stringContaining(sentence) });
    expect(readdirSync(join(home, 'artifacts'))).toEqual([]);
  });

  it('is refused in a bucket that is not there, and put off when S3 does not answer', async () => {
    expect(await fetchArtifact('s3://no-such-bucket/a.jar')).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('NoSuchBucket') });
    const silent = createS3({ ...moto.settings, endpoint: 'http://127.0.0.1:1' });
    expect(await fetchArtifact(`s3://${bucket}/a.jar`, { s3: silent })).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('ECONNREFUSED') });
  });
});
