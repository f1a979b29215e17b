// Makes the lock list of a Flink version: `node infra/flink/make-list.mjs 1.20.0` resolves its pom with Maven and writes jars.json.
// Run by hand after a change of the pom; never by the platform. The sums are of what this machine's repository hands out: compare before committing.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const version = process.argv[2] ?? '';
const folder = join(import.meta.dirname, version);
const temporary = mkdtempSync(join(tmpdir(), 'drey-list-'));
const listed = join(temporary, 'list.txt');
const lib = join(temporary, 'lib');

/**
 * One line of `dependency:list`: `group:artifact:jar[:classifier]:version:scope`.
 * @param {string} line
 */
function toEntry(line) {
  const parts = line.trim().split(':');
  if (parts.length < 5 || parts.length > 6) throw new Error(`not a dependency: ${line}`);
  const [group, artifact, , ...rest] = parts;
  const classifier = rest.length === 3 ? rest[0] : undefined;
  const release = rest.at(-2);
  const file = `${artifact}-${release}${classifier === undefined ? '' : `-${classifier}`}.jar`;
  const content = readFileSync(join(lib, file));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { group, artifact, version: release, ...(classifier && { classifier }), file, bytes: content.length, sha256 };
}

try {
  const maven = ['-B', '-C', '-q', '-f', join(folder, 'pom.xml'), '-DincludeScope=runtime'];
  execFileSync('mvn', [...maven, 'dependency:copy-dependencies', `-DoutputDirectory=${lib}`], { stdio: 'inherit' });
  execFileSync('mvn', [...maven, 'dependency:list', `-DoutputFile=${listed}`], { stdio: 'inherit' });
  const lines = readFileSync(listed, 'utf8')
    .split('\n')
    .filter((line) => line.includes(':jar:'));
  const entries = lines.map(toEntry).toSorted((a, b) => (a.file < b.file ? -1 : 1));
  const copied = readdirSync(lib);
  if (copied.length !== entries.length) throw new Error(`${copied.length} files were copied, but ${entries.length} are listed`);
  writeFileSync(join(folder, 'jars.json'), `${JSON.stringify(entries, null, 2)}\n`);
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  process.stdout.write(`${version}: ${entries.length} jars, ${bytes} bytes\n`);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
