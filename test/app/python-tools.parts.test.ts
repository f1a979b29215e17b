// The virtual environment of the tests' own tools: made once, also when two want it at once, and anew after an interruption.
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { pythonEnvironment, pythonTool } from '../setup/python.ts';

function anOrder(list = '# nothing\n') {
  const cache = temporaryFolder();
  const requirements = join(cache, 'requirements.txt');
  writeFileSync(requirements, list);
  return { cache, requirements };
}

it('has the tools that tests name', async () => {
  for (const name of ['moto_server', 'openapi-spec-validator', 'schemathesis']) expect(existsSync(await pythonTool(name))).toBe(true);
  await expect(pythonTool('nothing')).rejects.toThrow('has a program "nothing"');
});

it('is made once for two who want it at once, and is found again', async () => {
  const order = anOrder();
  const [one, other] = await Promise.all([pythonEnvironment(order), pythonEnvironment(order)]);
  expect(one).toBe(other);
  const { birthtimeMs } = statSync(join(one, 'complete'));
  expect(await pythonEnvironment({ ...order, python: 'no-such-python' })).toBe(one);
  expect(statSync(join(one, 'complete')).birthtimeMs).toBe(birthtimeMs);
});

it('is made anew when it was interrupted, and beside it for another list', async () => {
  const order = anOrder();
  const folder = await pythonEnvironment(order);
  rmSync(join(folder, 'complete'));
  writeFileSync(join(folder, 'half'), '');
  expect([await pythonEnvironment(order), existsSync(join(folder, 'half'))]).toEqual([folder, false]);
  writeFileSync(order.requirements, '# nothing else\n');
  expect(await pythonEnvironment(order)).not.toBe(folder);
});

it.each([
  ['there is no Python', anOrder, 'no-such-python'],
  ['a package cannot be had', () => anOrder('a-package-of-nobody @ file:///nowhere/at-all.whl\n'), 'python3'],
])('says what to do when %s', async (_, order, python) => {
  await expect(pythonEnvironment({ ...order(), python })).rejects.toThrow(/could not be installed \(.+\): install Python 3 with pip and venv/);
});
