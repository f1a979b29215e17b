// Enforces the import table and the names of `reference/style.md` on the checkout, and shows that each rule can fail.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkBoundaries } from './boundaries/check.ts';
import type { SourceFile } from './boundaries/imports.ts';
import { ROOMS } from './boundaries/rooms.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = /\.(ts|tsx|mjs)$/;

function read(path: string): SourceFile {
  return { path: relative(ROOT, path).split(sep).join('/'), text: readFileSync(path, 'utf8') };
}

function sources(): readonly SourceFile[] {
  const inRooms = Object.keys(ROOMS).flatMap((room) => {
    try {
      return readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' }).map((name) => join(ROOT, room, name));
    } catch {
      return []; // a room that nobody has moved into yet
    }
  });
  return inRooms.filter((path) => SOURCE.test(path) && !path.includes('node_modules')).map(read);
}

const file = (path: string, code: string): SourceFile => ({ path, text: `// A planted file.\n${code}\n` });

describe('the import table', () => {
  it('holds for every file of the checkout', () => {
    const files = sources();
    expect(files.length).toBeGreaterThan(20);
    expect(checkBoundaries(files)).toEqual([]);
  });

  it('keeps registry addresses and machine paths out of the sources', () => {
    const hosts = new RegExp(
      ['registry\\.npm' + 'js', 'repo1?\\.mav' + 'en', 'py' + 'pi\\.org', 'python' + 'hosted', '[\'"`]/wor' + 'k/', '/ro' + 'ot/'].join('|'),
    );
    expect(
      sources()
        .filter(({ text }) => hosts.test(text))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('a planted violation is reported', () => {
  const cases: readonly (readonly [string, readonly SourceFile[], string])[] = [
    ['domain imports the store', [file('domain/a.ts', "import { createStore } from '../store/b.ts';")], 'domain may not import store'],
    ['domain does I/O', [file('domain/a.ts', "import { readFileSync } from 'node:fs';")], 'domain may not import the package node:fs'],
    ['zod outside a schema', [file('domain/a.ts', "import * as z from 'zod';")], 'zod belongs into *.schema.ts'],
    ['the dear import of zod', [file('domain/a.schema.ts', "import { z } from 'zod';")], 'three times the size'],
    [
      'an activity imports a value of the store',
      [file('activities/a.ts', "import { createStore } from '../store/b.ts';")],
      'activities may import only types of store',
    ],
    [
      'a type and a value in one import',
      [file('activities/a.ts', "import { type Store, createStore } from '../store/b.ts';")],
      'activities may import only types of store',
    ],
    ['a function starts a workflow', [file('functions/a.ts', "import { Client } from '@temporalio/client';")], '@temporalio/client belongs into'],
    ['a function imports a workflow', [file('functions/a.ts', "import { sweep } from '../workflows/sweep.ts';")], 'functions may not import workflows'],
    ['a workflow uses Node', [file('workflows/a.ts', "import { join } from 'node:path';")], 'workflows may not import the package node:path'],
    [
      'a workflow reaches zod through domain',
      [
        file('workflows/a.ts', "import { b } from '../domain/b.ts';"),
        file('domain/b.ts', "export * from './c.schema.ts';"),
        file('domain/c.schema.ts', "import * as z from 'zod';"),
      ],
      'the workflow bundle may not contain',
    ],
    ['somebody imports app', [file('store/a.ts', "import { config } from '../app/config.ts';")], 'app is imported by none'],
    ['a dynamic import counts', [file('store/a.ts', "const x = await import('../flink/b.ts');")], 'store may not import flink'],
    ['the environment is read elsewhere', [file('store/a.ts', 'export const url = process.env.DATABASE_URL;')], 'process.env is read in app/config.ts only'],
    ['a drawer', [file('store/utils.ts', '')], '"utils" does not say what is inside'],
    ['a long file', [file('store/a.ts', '\n'.repeat(300))], 'at most 250'],
    ['no first line', [{ path: 'store/a.ts', text: 'export {};\n' }], 'the first line says'],
    ['a cycle', [file('store/a.ts', "import './b.ts';"), file('store/b.ts', "export * from './a.ts';")], 'import cycle store/a.ts → store/b.ts → store/a.ts'],
  ];

  it.each(cases)('%s', (_name, files, sentence) => {
    expect(checkBoundaries(files).join('\n')).toContain(sentence);
  });

  it('but not what is allowed', () => {
    const files = [
      file('activities/a.ts', "import type { Store } from '../store/b.ts';\nimport { type Flink } from '../flink/c.ts';\n// import { x } from '../app/d.ts';"),
      file('functions/wake.ts', "import { Client } from '@temporalio/client';\nimport { TASK_QUEUE } from '../workflows/contract.ts';"),
      file('app/config.ts', 'export const home = process.env.DREY_HOME;'),
    ];
    expect(checkBoundaries(files)).toEqual([]);
  });
});
