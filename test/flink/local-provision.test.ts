// Fetching Flink: complete and unaltered, or not at all. Maven is a shell script here.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { provision } from '../../flink/clusters/local/provision.ts';
import type { Release } from '../../flink/clusters/local/releases.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { aFakeMaven, type FakeMaven } from './fake-maven.ts';

const JARS = { 'flink-a-9.9.jar': 'PK aaaa', 'flink-b-9.9.jar': 'PK bb' };

let maven: FakeMaven;
let release: Release;
let lines: string[];

beforeEach(() => {
  maven = aFakeMaven();
  maven.publish(JARS);
  lines = [];
  const [recipe, cache] = [temporaryFolder(), temporaryFolder()];
  const jars = Object.entries(JARS).map(([file, content]) => ({ file, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }));
  writeFileSync(join(recipe, 'jars.json'), JSON.stringify(jars));
  writeFileSync(join(recipe, 'pom.xml'), '<project/>');
  release = { version: '9.9', lib: join(cache, '9.9', 'lib'), tools: [], recipe };
});

function fetch(environment: Record<string, string> = maven.environment): Promise<void> {
  return provision({ release, environment, progress: (line) => lines.push(line) });
}

const left = (): readonly string[] => readdirSync(dirname(release.lib));

describe('provisioning', () => {
  it('puts the jars into the cache and says what it does', async () => {
    await fetch();
    expect(readdirSync(release.lib)).toEqual(Object.keys(JARS));
    expect(left()).toEqual(['lib']);
    expect(lines[0]).toBe('Flink 9.9: 0 of 2 jars, 0 of 0 MB (0 %), 0 s');
    expect(lines.at(-1)).toMatch(/^Flink 9\.9: 2 jars, 0 MB, ready after \d+ s$/);
  });

  it('needs nothing when everything is there', async () => {
    await fetch();
    await fetch({ PATH: '/nowhere' });
    expect(maven.calls()).toHaveLength(1);
  });

  it('fetches once when several need it', async () => {
    maven.slow();
    await Promise.all([fetch(), fetch(), fetch()]);
    expect(maven.calls()).toHaveLength(1);
  });

  it('starts anew after an interrupted fetch, and when a jar was lost', async () => {
    mkdirSync(join(dirname(release.lib), '.fetch-old', 'lib'), { recursive: true });
    await fetch();
    rmSync(join(release.lib, 'flink-a-9.9.jar'));
    await fetch();
    expect(left()).toEqual(['lib']);
    expect(readdirSync(release.lib)).toEqual(Object.keys(JARS));
  });

  it.each([
    ['altered', { 'flink-a-9.9.jar': 'PK evil' }, 'flink-a-9.9.jar has SHA-256'],
    ['more', { 'extra-1.jar': '' }, 'extra-1.jar does not belong to it'],
  ])('refuses %s jars', async (_, files, sentence) => {
    maven.publish(files);
    await expect(fetch()).rejects.toThrow(sentence);
    expect(existsSync(release.lib)).toBe(false);
    expect(left()).toEqual([]);
  });

  it('refuses a jar less', async () => {
    const jars = [{ file: 'c.jar', bytes: 1, sha256: '' }];
    writeFileSync(join(release.recipe ?? '', 'jars.json'), JSON.stringify(jars));
    await expect(fetch()).rejects.toThrow('c.jar is missing');
  });

  it('names the remedy where there is no Maven, and no network', async () => {
    await expect(fetch({ PATH: '/nowhere' })).rejects.toThrow(/^Maven was not found: install it .* or set FLINK_HOME/);
    maven.fail('[ERROR] Failed to execute goal x: Unknown host repository.example: Name or service not known -> [Help 1]');
    await expect(fetch()).rejects.toThrow('Maven cannot reach its repository: connect to the network or name a mirror in ~/.m2/settings.xml');
  });

  it('does not repeat addresses of the user’s repositories', async () => {
    maven.fail('[ERROR] Failed to execute goal a:b:1 (default-cli) on project p: Cannot read https://me:secret@repo.example/x -> [Help 1]');
    await expect(fetch()).rejects.toThrow(/^Flink 9\.9 could not be fetched: Maven: Cannot read …$/);
  });
});
