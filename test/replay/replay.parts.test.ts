// Old histories against today's workflow code: a run that was begun by a released version must go on under the next one. With DREY_RECORD=1
// the histories are recorded anew first; do that when a change of the workflows is meant, and say so in its commit.
import { readdir, readFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { type Kind, KINDS } from './kinds.ts';
import { recordHistories } from './record.ts';

const FOLDER = join(import.meta.dirname, 'histories');
const MAX_BYTES = 100_000;

const kinds = Object.keys(KINDS) as Kind[];
const read = (kind: string): Promise<string> => readFile(join(FOLDER, `${kind}.json`), 'utf8');
/** With every payload in plain text. */
const decoded = (history: string): string => history.replaceAll(/"data":"([A-Za-z0-9+/=]+)"/g, (_, data: string) => Buffer.from(data, 'base64').toString());

/** The kinds that today's code replays differently. */
async function replay(histories: readonly { readonly workflowId: string; readonly history: unknown }[]): Promise<readonly string[]> {
  const failed: string[] = [];
  const results = Worker.runReplayHistories({ workflowBundle: { codePath: inject('workflowBundle') } }, histories);
  for await (const { workflowId, error } of results) if (error !== undefined) failed.push(`${workflowId}: ${error.message}`);
  return failed;
}

describe('recorded histories', () => {
  beforeAll(async () => {
    if (process.env.DREY_RECORD === '1') await recordHistories(FOLDER);
  }, 300_000);

  it('there is one of each kind, and no other', async () => {
    expect((await readdir(FOLDER)).toSorted()).toEqual(kinds.map((kind) => `${kind}.json`).toSorted());
  });

  it.each(kinds)('%s: has what makes its kind, is small, and names no machine', async (kind) => {
    const history = await read(kind);
    expect(history).toContain(`"activityType":{"name":"${KINDS[kind]}"}`);
    expect(history.length).toBeLessThan(MAX_BYTES);
    for (const trace of [hostname(), tmpdir(), process.cwd()]) expect(decoded(history)).not.toContain(trace);
    expect(decoded(history)).not.toMatch(/\/(home|Users|tmp|var|root|work)\//);
  });

  it('every one of them is replayed by the workflows of today', async () => {
    const histories = await Promise.all(kinds.map(async (kind) => ({ workflowId: kind, history: JSON.parse(await read(kind)) as unknown })));
    expect(await replay(histories)).toEqual([]);
  });

  it('a history that the workflows would not have made is noticed', async () => {
    const history = (await read('stateful-upgrade')).replaceAll('"name":"stopWithSavepoint"', '"name":"cancelJob"');
    expect(await replay([{ workflowId: 'stateful-upgrade', history: JSON.parse(history) as unknown }])).toEqual([expect.stringContaining('TMPRL1100')]);
  });
});
