// `npm start` before anything is installed: it must answer on the oldest Node that is allowed, whichever runs these tests.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingPackages } from '../../app/install.mjs';
import { SETTINGS } from '../../app/settings.mjs';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The checkout as a fresh clone has it: no node_modules. */
function freshClone(): string {
  const clone = temporaryFolder();
  mkdirSync(join(clone, 'app'));
  for (const file of ['start.mjs', 'install.mjs', 'settings.mjs']) cpSync(join(ROOT, 'app', file), join(clone, 'app', file));
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(ROOT, file), join(clone, file));
  return clone;
}

/** Without npm on the PATH an installation could not even be tried. */
function start(clone: string, args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const env = { PATH: clone, HOME: clone };
  return new Promise((resolve) => {
    execFile(hostNode(), [join(clone, 'app', 'start.mjs'), ...args], { env }, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }));
  });
}

/** The machine's own Node where there is one, else the one that runs the tests. */
function hostNode(): string {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  return folders.map((folder) => join(folder, 'node')).find((path) => existsSync(path)) ?? process.execPath;
}

describe('npm start in a fresh clone', () => {
  it('answers --help before any installation, with every setting', async () => {
    const { code, out } = await start(freshClone(), ['--help']);
    expect(code).toBe(0);
    for (const { env, flag } of SETTINGS) {
      expect(out).toContain(env);
      if (flag !== undefined) expect(out).toContain(`--${flag} `);
    }
  });

  it('answers --version', async () => {
    expect((await start(freshClone(), ['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('refuses an unknown flag at once', async () => {
    const { code, err } = await start(freshClone(), ['--nope']);
    expect(code).toBe(1);
    expect(err).toBe("Unknown option '--nope'. `npm start -- --help` lists every flag.\n");
  });

  it('says what to do when npm is missing', async () => {
    const { code, err } = await start(freshClone(), []);
    expect(code).toBe(1);
    expect(err).toBe('npm was not found: install Node 20 or newer together with npm.\n');
  });
});

describe('what is missing', () => {
  const wanted = { '': {}, a: { version: '1.0.0' }, b: { version: '2.0.0', dev: true }, c: { version: '3.0.0', optional: true } };

  it('is what the lock file asks for and npm did not finish installing', () => {
    expect(missingPackages({ wanted, installed: {}, dev: false })).toEqual(['a']);
    expect(missingPackages({ wanted, installed: {}, dev: true })).toEqual(['a', 'b']);
    expect(missingPackages({ wanted, installed: { a: { version: '0.9.0' } }, dev: false })).toEqual(['a']);
    expect(missingPackages({ wanted, installed: { a: { version: '1.0.0' } }, dev: false })).toEqual([]);
  });
});
