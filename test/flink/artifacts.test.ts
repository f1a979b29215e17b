// Fetching artifacts: from files, over HTTP, through Maven (a shell script here); what is refused, and that nothing is fetched twice.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import type { FetchedArtifact } from '../../domain/job.ts';
import { type ArtifactsOptions, createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import type { Answer } from '../../flink/flink.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { aFakeMaven, type FakeMaven } from './fake-maven.ts';

const JAR = `PK\u0003\u0004${'x'.repeat(1000)}`;
const SHA = createHash('sha256').update(JAR).digest('hex');

let home: string;
let root: string;
let maven: FakeMaven;
let server: Server | undefined;
let asked: { readonly path: string; readonly authorization: string | undefined }[];

beforeEach(() => {
  [home, root] = [temporaryFolder(), temporaryFolder()];
  maven = aFakeMaven();
  writeFileSync(join(root, 'job.jar'), JAR);
  asked = [];
});

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

interface Wish {
  readonly over?: Partial<ArtifactsOptions>;
  readonly jobId?: string;
  readonly dependencies?: readonly string[];
  readonly signal?: AbortSignal;
}

function fetchArtifact(uri: string, { over = {}, jobId = randomUUID(), dependencies = [], signal }: Wish = {}): Promise<Answer<FetchedArtifact>> {
  const options = { home, cache: join(home, 'cache'), roots: [root], baseEnv: maven.environment, allowPrivateAddresses: true, ...over };
  const order = { jobId: parseId<'JobId'>(jobId), namespace: 'default', uri, additionalDependencies: dependencies };
  return createArtifacts(options).fetch(order, signal ?? new AbortController().signal, () => undefined);
}

function valueOf(answer: Answer<FetchedArtifact>): FetchedArtifact {
  if (answer.kind !== 'done') throw new Error(answer.reason);
  return answer.value;
}

async function serve(listener: RequestListener): Promise<string> {
  server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
    listener(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('any artifact', () => {
  it('is reported with the same bytes whenever it is asked for', async () => {
    const jobId = randomUUID();
    const first = valueOf(await fetchArtifact(`file://${root}/job.jar`, { jobId }));
    expect(first).toEqual({ path: join(home, 'artifacts', jobId, 'job.jar'), sha256: SHA, bytes: JAR.length, dependencies: [] });
    writeFileSync(join(root, 'job.jar'), `${JAR}!`);
    expect(valueOf(await fetchArtifact(`file://${root}/job.jar`, { jobId }))).toEqual(first);
    expect(readFileSync(first.path, 'latin1')).toBe(JAR);
  });
  it('is the same for two that ask at once', async () => {
    const jobId = randomUUID();
    const both = await Promise.all([1, 2].map(() => fetchArtifact(`file://${root}/job.jar`, { jobId })));
    expect(both[0]).toEqual(both[1]);
    expect(readdirSync(join(home, 'artifacts'))).toEqual([jobId]);
  });
  it('comes with its dependencies in order, jars or not, under their own names', async () => {
    writeFileSync(join(root, 'data.csv'), 'a,b');
    const dependencies = ['job.jar', 'data.csv'].map((name) => `file://${root}/${name}`);
    const found = valueOf(await fetchArtifact(`file://${root}/job.jar`, { dependencies }));
    expect(found.dependencies.map(({ path }) => path.split('/').slice(-2).join('/'))).toEqual(['1/job.jar', '2/data.csv']);
    expect(found.dependencies.every(({ path }) => existsSync(path))).toBe(true);
  });

  it.each([
    ['job.jar', 'has no scheme: file:, http:, https:, s3: and maven: work here'],
    ['gs://bucket/job.jar', 'artifacts cannot be fetched from gs: file:, http:, https:, s3: and maven: work here'],
    ['maven:a:b', 'is no Maven coordinate'],
    ['maven:a:b:-Dx', 'is no Maven coordinate'],
    ['maven:a:b:1:c:d', 'is no Maven coordinate'],
    ['maven:a:b:1;rm', 'is no Maven coordinate'],
    ['file://elsewhere/job.jar', 'is no address of a local file'],
    ['http://me:hun%ter2@host/job.jar', '"http://host/job.jar" has a user name or password that is not percent-encoded'],
    ['https://me:hunter%ff@host/job.jar', 'is not percent-encoded UTF-8'],
  ])('%s is refused', async (uri, sentence) => {
    expect(await fetchArtifact(uri)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining(sentence) });
  });
  it('that is no jar is refused, and nothing of it stays', async () => {
    writeFileSync(join(root, 'no.jar'), '<html>');
    expect(await fetchArtifact(`file://${root}/no.jar`)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('is not a jar') });
    expect(readdirSync(join(home, 'artifacts'))).toEqual([]);
  });
  it('that is too large is refused', async () => {
    expect(await fetchArtifact(`file://${root}/job.jar`, { over: { maxBytes: 10 } })).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('is larger'),
    });
  });
});

describe('a file', () => {
  it('outside the folders is refused, by name, by dots and by link', async () => {
    const outside = temporaryFolder();
    writeFileSync(join(outside, 'job.jar'), JAR);
    symlinkSync(join(outside, 'job.jar'), join(root, 'link.jar'));
    for (const path of [`${outside}/job.jar`, `${root}/../${outside.split('/').at(-1)}/job.jar`, `${root}/link.jar`, `${outside}/absent.jar`]) {
      expect(await fetchArtifact(`file://${path}`)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('DREY_FILE_ROOTS') });
    }
  });
  it('below a folder that is a link is allowed', async () => {
    const link = join(temporaryFolder(), 'link');
    symlinkSync(root, link);
    expect(await fetchArtifact(`file://${link}/job.jar`, { over: { roots: [link] } })).toMatchObject({ kind: 'done' });
  });
  it('that is missing, or a folder, is refused', async () => {
    mkdirSync(join(root, 'folder.jar'));
    expect(await fetchArtifact(`file://${root}/absent.jar`)).toMatchObject({ reason: `${root}/absent.jar does not exist` });
    expect(await fetchArtifact(`file://${root}/folder.jar`)).toMatchObject({ reason: `${root}/folder.jar is no file` });
  });
});

describe('over HTTP', () => {
  it('is fetched, through redirects, without handing the password on to another host', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/job.jar') response.end(JAR);
      else response.writeHead(302, { location: request.url === '/a' ? '/b' : url.replace('127.0.0.1', 'localhost') + '/job.jar' }).end();
    });
    expect(valueOf(await fetchArtifact(`${url.replace('//', '//me:pass%20word@')}/a`))).toMatchObject({ sha256: SHA });
    const given = `Basic ${Buffer.from('me:pass word').toString('base64')}`;
    expect(asked.map(({ path, authorization }) => `${path} ${authorization}`)).toEqual([`/a ${given}`, `/b ${given}`, '/job.jar undefined']);
  });

  it.each([
    [404, 'rejected'],
    [403, 'rejected'],
    [429, 'unavailable'],
    [503, 'unavailable'],
  ])('status %d is %s, and no password is shown', async (status, kind) => {
    const url = await serve((_, response) => response.writeHead(status).end('secret'));
    const answer = await fetchArtifact(`${url.replace('//', '//me:hunter2@')}/job.jar?token=hunter2`);
    expect(answer).toMatchObject({ kind, reason: `${url}/job.jar answered with status ${status}` });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });
  it('does not follow redirects for ever, nor to other schemes', async () => {
    const url = await serve((request, response) => response.writeHead(302, { location: request.url === '/f' ? 'file:///etc/passwd' : '/again' }).end());
    expect(await fetchArtifact(`${url}/x`)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('more than 5 times') });
    expect(await fetchArtifact(`${url}/f`)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('leads to file:') });
  });

  it.each([
    'http://169.254.169.254/a.jar',
    'http://[fe80::1]/a.jar',
    'http://[::ffff:169.254.169.254]/a.jar',
    'http://0xA9FEA9FE/a.jar',
    'http://0.0.0.0/a.jar',
  ])('%s is never asked', async (uri) => {
    expect(await fetchArtifact(uri)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('link-local, metadata or reserved') });
  });
  it('reaches this machine only when that is allowed, whatever it is called', async () => {
    const url = await serve((_, response) => response.end(JAR));
    const over = { allowPrivateAddresses: false };
    for (const each of [url, url.replace('127.0.0.1', 'localhost'), url.replace('127.0.0.1', '[::ffff:127.0.0.1]')]) {
      expect(await fetchArtifact(`${each}/job.jar`, { over })).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('DREY_PRIVATE_ADDRESSES=1') });
    }
    expect(asked).toEqual([]);
  });
  it('is not led to a forbidden address', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end());
    expect(await fetchArtifact(`${url}/job.jar`)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('169.254.169.254') });
  });

  it('ends at the size limit, announced or not', async () => {
    const big = 'PK'.repeat(5000);
    const url = await serve((request, response) => {
      if (request.url === '/announced') response.end(big);
      else for (const part of [big, big]) response.write(part);
    });
    for (const path of ['announced', 'chunked']) {
      expect(await fetchArtifact(`${url}/${path}`, { over: { maxBytes: 9000 } })).toMatchObject({
        kind: 'rejected',
        reason: expect.stringContaining('is larger'),
      });
    }
  });

  it('is put off when nothing comes in time, when nobody listens, and when it is interrupted', async () => {
    const url = await serve(() => undefined);
    expect(await fetchArtifact(`${url}/job.jar`, { over: { limitMs: 50 } })).toMatchObject({ kind: 'unavailable', mayHaveArrived: false });
    expect(await fetchArtifact(`${url}/job.jar`, { signal: AbortSignal.timeout(50) })).toMatchObject({ kind: 'unavailable' });
    expect(await fetchArtifact('http://127.0.0.1:1/job.jar')).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('always ends in .jar', async () => {
    const url = await serve((_, response) => response.end(JAR));
    expect(valueOf(await fetchArtifact(`${url}/download?file=1`)).path).toMatch(/\/download\.jar$/);
  });
});

describe('through Maven', () => {
  const TOP = 'maven:org.example:job:1.0:Top';

  it('is asked for once per coordinate, and then lies in the cache', async () => {
    maven.publish({ 'job-1.0-Top.jar': JAR });
    const first = valueOf(await fetchArtifact(TOP));
    expect(first.path).toMatch(/\/job-1\.0-Top\.jar$/);
    expect(valueOf(await fetchArtifact(TOP))).toMatchObject({ sha256: SHA, bytes: JAR.length });
    expect(maven.calls()).toHaveLength(1);
    expect(maven.calls()[0]).toContain('dependency:copy -Dartifact=org.example:job:1.0:jar:Top -DoutputDirectory=');
  });

  it('is asked for every time when the version may change', async () => {
    maven.publish({ 'job-2-SNAPSHOT.jar': JAR });
    for (let i = 0; i < 2; i += 1) valueOf(await fetchArtifact('maven:org.example:job:2-SNAPSHOT'));
    expect(maven.calls()).toHaveLength(2);
  });

  it('that does not exist is refused, after a second look past what Maven remembers', async () => {
    maven.fail(
      '[ERROR] Failed to execute goal a:b:2.8:copy (default-cli) on project p: Unable to find artifact. Could not find artifact x in c (https://repo.example/m) -> [Help 1]',
    );
    const answer = await fetchArtifact(TOP);
    expect(answer).toMatchObject({
      kind: 'rejected',
      reason: expect.stringContaining('maven:org.example:job:1.0:Top could not be fetched: Maven: Unable to find artifact'),
    });
    expect(JSON.stringify(answer)).not.toContain('repo.example');
    expect(maven.calls().map((call) => call.includes(' -U '))).toEqual([false, true]);
  });

  it('is put off when it takes too long, without a network, and without Maven', async () => {
    maven.slow();
    expect(await fetchArtifact(TOP, { over: { limitMs: 50 } })).toMatchObject({ kind: 'unavailable', reason: 'Maven was interrupted' });
    maven.fail('[ERROR] Could not transfer artifact x from/to c (https://repo.example/m): transfer failed');
    expect(await fetchArtifact(TOP)).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('cannot reach its repository') });
    const without = await fetchArtifact(TOP, { over: { baseEnv: { PATH: '/nowhere' } } });
    expect(without).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('install it') });
  });
});
