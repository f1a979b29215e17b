// The built functions, once for a test file, and containers that run them.
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { buildLambda } from '../../app/lambda/build.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { startContainer, type TestContainer } from './runtime-api.ts';

export interface BuiltFunctions {
  /** Empty values are left out. Ended after the tests of the file. */
  container(file: 'api' | 'schedule', environment: Readonly<Record<string, string>>, handler?: string): Promise<TestContainer>;
}

export function builtFunctions(): BuiltFunctions {
  const started: TestContainer[] = [];
  let folder = '';
  beforeAll(async () => {
    folder = join(temporaryFolder(), 'lambda');
    await buildLambda(folder);
  });
  afterAll(async () => {
    await Promise.all(started.map((each) => each.stop()));
  });
  return {
    async container(file, environment, handler = 'handler') {
      const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
      const container = await startContainer({ file: join(folder, `${file}.mjs`), handler, environment: given });
      started.push(container);
      return container;
    },
  };
}
