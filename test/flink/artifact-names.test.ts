// What a fetched file is called: never after an address that holds a secret value.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { parseId } from '../../domain/ids.ts';
import { createArtifacts } from '../../flink/artifacts/create-artifacts.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { aJar } from '../flink-sim/a-jar.ts';

it('an artifact is named after its address as it may be seen, and a jar stays one', async () => {
  const [home, root] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(root, 'job.jar'), aJar('Job', 'and.more.of.it'));
  const jobId = randomUUID();
  const uri = `file://${root}/job.jar`;
  const order = {
    jobId: parseId<'JobId'>(jobId),
    namespace: 'default',
    uri,
    additionalDependencies: [uri, uri],
    shown: ['file:///${A}.jar', '${B}', 'file:///b.jar'],
  };
  const artifacts = createArtifacts({ home, cache: join(home, 'cache'), roots: [root], baseEnv: {} });
  const answer = await artifacts.fetch(order, AbortSignal.timeout(5000), () => undefined);
  if (answer.kind !== 'done') throw new Error(answer.reason);
  const folder = join(home, 'artifacts', jobId);
  expect([answer.value, ...answer.value.dependencies].map(({ path }) => relative(folder, path))).toEqual(['__A_.jar', '1/artifact.jar', '2/b.jar']);
});
