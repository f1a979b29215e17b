// The table of rooms and who may import whom (`reference/style.md`), as data. The checker is check.ts.

/** What one room may import of ours. `types`: only `import type`. */
export interface Room {
  /** Rooms whose values it may import. Its own is always allowed. */
  readonly values: readonly string[];
  /** Rooms of which it may import types only. */
  readonly types: readonly string[];
  /** Single files it may import besides. */
  readonly files?: readonly string[];
  /** Packages it may import; undefined = any that no other rule forbids. */
  readonly packages?: RegExp;
}

const ALL = ['domain', 'store', 'flink', 'activities', 'workflows', 'functions', 'app', 'cli', 'web', 'bench', 'test'];

export const ROOMS: Readonly<Record<string, Room>> = {
  domain: { values: [], types: [], packages: /^zod$/ },
  store: { values: ['domain'], types: [] },
  flink: { values: ['domain'], types: [] },
  activities: { values: ['domain'], types: ['store', 'flink'], packages: /^(node:.+|@temporalio\/(activity|common)|pino)$/ },
  workflows: { values: ['domain'], types: ['activities'], packages: /^@temporalio\/(workflow|common)$/ },
  functions: { values: ['domain'], types: ['store', 'flink'], files: ['workflows/contract.ts'] },
  app: { values: ALL.filter((room) => room !== 'test'), types: [] },
  cli: { values: [], types: ['domain'] },
  web: { values: [], types: ['domain'] },
  infra: { values: [], types: [] },
  bench: { values: [], types: ['domain'] },
  test: { values: ALL, types: [] },
};

/** Rooms that may import values of `domain/*.schema.ts` although they may only import types of domain. */
export const SCHEMA_READERS: readonly string[] = ['cli', 'web'];

/** Nobody outside may import these. */
export const TOPS: readonly string[] = ['app', 'test'];

/** Names that say nothing about what is inside. */
export const EMPTY_NAMES: readonly string[] = ['util', 'utils', 'helper', 'helpers', 'common', 'types', 'service', 'services', 'manager', 'managers'];

export const MAX_LINES = 250;

export function roomOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}
