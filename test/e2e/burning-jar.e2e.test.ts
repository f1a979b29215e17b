// The jar that uses up job ids is what its source says, and one and the same for every version of Flink.
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { createLocalClusters } from '../../flink/clusters/local/create-local-clusters.ts';
import { BURNING_JAR } from '../../flink/rest/burning-jar.ts';
import { flinkClasses, runTool } from '../fixtures/a-java-job.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const SOURCE = join(import.meta.dirname, '..', '..', 'flink', 'rest', 'BurningJob.java');
const folder = temporaryFolder();

it.each(['1.20.0', '2.3.0'])('is BurningJob.java, compiled for Java 8 against Flink %s', async (version) => {
  const { PATH = '', HOME = '' } = process.env;
  const clusters = createLocalClusters({
    home: folder,
    cache: inject('dreyCache'),
    installationId: randomUUID(),
    webOrigin: 'http://127.0.0.1:8080',
    baseEnv: { PATH, HOME },
  });
  const [compiled, kept] = [join(folder, version, 'compiled'), join(folder, version, 'kept')];
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, 'burning.jar'), Buffer.from(await BURNING_JAR.arrayBuffer()));
  await runTool('jar', ['--extract', '--file', 'burning.jar'], { cwd: kept });
  await runTool('javac', ['--release', '8', '-g:none', '-nowarn', '-cp', await flinkClasses(version, clusters), '-d', compiled, SOURCE]);
  expect(await codeOf(kept)).toBe(await codeOf(compiled));
});

/** Without the numbers of constants, which are the compiler's own affair. */
async function codeOf(classes: string): Promise<string> {
  const printed = await runTool('javap', ['-private', '-c', '-classpath', classes, 'BurningJob']);
  return printed.replaceAll(/#\d+/g, '#');
}
