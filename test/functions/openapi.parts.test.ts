// The OpenAPI document before a judge of its own: openapi-spec-validator.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createOpenApi } from '../../functions/openapi.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { pythonTool } from '../setup/python.ts';

const run = promisify(execFile);

async function judge(document: object): Promise<string> {
  const path = join(temporaryFolder(), 'openapi.json');
  await writeFile(path, JSON.stringify(document));
  return run(await pythonTool('openapi-spec-validator'), ['--errors', 'all', path]).then(
    ({ stdout }) => stdout.trim().replace(path, 'it'),
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
}

it.each([true, false])('is a valid document of OpenAPI 3.1, with tokens: %s', async (withTokens) => {
  expect(await judge(createOpenApi({ version: '0.1.0', withTokens }))).toBe('it: OK');
});

it('would not pass with a fault in it', async () => {
  const { paths, ...rest } = createOpenApi({ version: '0.1.0', withTokens: false }) as { readonly paths: object };
  expect(await judge({ ...rest, paths: { ...paths, nowhere: {} } })).toContain('Error');
});
