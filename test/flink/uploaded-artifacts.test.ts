// Which uploaded artifacts a Job may have: in a folder those of its own namespace. And what is no address of an artifact in S3.
import { randomUUID } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { FetchedArtifact } from '../../domain/job.ts';
import { createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import type { Answer } from '../../flink/flink.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const JAR = `PK\u0003\u0004${'x'.repeat(1000)}`;

let blobRoot: string;
beforeEach(() => {
  blobRoot = temporaryFolder();
  for (const namespace of ['default', 'default-2', 'other']) {
    mkdirSync(join(blobRoot, 'artifacts/namespaces', namespace), { recursive: true });
    writeFileSync(join(blobRoot, 'artifacts/namespaces', namespace, 'my job.jar'), JAR);
  }
});

function fetchArtifact(uri: string, roots: readonly string[], jobId = randomUUID()): Promise<Answer<FetchedArtifact>> {
  const home = temporaryFolder();
  const order = { jobId: parseId<'JobId'>(jobId), namespace: 'default', uri, additionalDependencies: [] };
  return createArtifacts({ home, cache: join(home, 'cache'), roots, blobRoot, baseEnv: {} }).fetch(order, new AbortController().signal, () => undefined);
}

const ours = (): string => pathToFileURL(join(blobRoot, 'artifacts/namespaces/default/my job.jar')).href;

describe('an uploaded artifact', () => {
  it('is run by Jobs of its own namespace, whatever DREY_FILE_ROOTS says', async () => {
    for (const roots of [[], [blobRoot]]) expect(await fetchArtifact(ours(), roots)).toMatchObject({ kind: 'done', value: { bytes: JAR.length } });
  });

  it.each(['default-2', 'other', 'default/../other', 'default/%2e%2e/other'])('is not run by Jobs of another namespace: %s', async (namespace) => {
    const answer = await fetchArtifact(ours().replace('/default/', `/${namespace}/`), [blobRoot]);
    expect(answer).toMatchObject({ kind: 'rejected', reason: 'my_job.jar is an uploaded artifact of another namespace than "default"' });
  });

  it('of another namespace is not reached through a link', async () => {
    const root = temporaryFolder();
    symlinkSync(join(blobRoot, 'artifacts/namespaces/other'), join(root, 'link'));
    expect(await fetchArtifact(`file://${root}/link/my%20job.jar`, [root])).toMatchObject({ kind: 'rejected' });
  });

  it('that is not there is called by its name', async () => {
    const answer = await fetchArtifact(ours().replace('my%20job', 'absent'), []);
    expect(answer).toMatchObject({ kind: 'rejected', reason: 'there is no uploaded artifact "absent.jar"' });
  });
});

it.each([
  's3://bucket',
  's3://bucket/folder/',
  's3://bucket/folder/../job.jar',
  's3://bucket/../job.jar',
  's3://me:pw@bucket/a.jar',
  's3:///a.jar',
  's3://Bucket_1/a.jar',
])('%s is no address in S3, and shows no password', async (uri) => {
  const answer = await fetchArtifact(uri, []);
  expect(answer).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/^"s3:[^:]*" is no address of an object in S3/) });
});
