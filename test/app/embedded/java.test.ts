// What a person is told when Java or Maven is missing or too old.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findJava, parseJavaVersion, requireMaven } from '../../../app/embedded/java.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

function aJava(says: string): string {
  const home = temporaryFolder();
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin', 'java'), `#!/bin/sh\necho '${says}' >&2\n`);
  chmodSync(join(home, 'bin', 'java'), 0o755);
  return home;
}

describe('Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
  ])('has its version in %j', (output, version) => {
    expect(parseJavaVersion(output)).toBe(version);
  });

  it('is found by JAVA_HOME or on the PATH', async () => {
    const home = aJava('openjdk version "21.0.1"');
    expect(await findJava({ searchPath: [], javaHome: home })).toBe(join(home, 'bin', 'java'));
    expect(await findJava({ searchPath: [join(home, 'bin')] })).toBe(join(home, 'bin', 'java'));
  });

  it.each([
    ['is missing', { searchPath: [] }, /^Java was not found: install Java 17 or newer .*apt install.*JAVA_HOME.*DREY_LOCAL_TARGETS=0/],
    ['is too old', { searchPath: [], javaHome: aJava('java version "11.0.2"') }, /is Java 11, but drey runs Flink on Java 17 or newer: install Java 17/],
    ['does not run', { searchPath: [], javaHome: temporaryFolder() }, /is no Java that runs: install Java 17/],
  ])('%s: one sentence names the remedy', async (_, machine, sentence) => {
    await expect(findJava(machine)).rejects.toThrow(sentence);
  });
});

it('a missing Maven has a sentence of its own', async () => {
  await expect(requireMaven({ searchPath: [] })).rejects.toThrow(/^Maven is needed to fetch Flink: install it .*apt install maven.*FLINK_HOME/);
});
