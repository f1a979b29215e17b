// Snapshots in a folder: only complete ones are seen, spelled as Flink spells them.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { toFlinkJobId } from '../../domain/ids.ts';
import { createStorage } from '../../flink/storage/create-storage.ts';
import { deploymentId, jobId, savepointId } from '../fixtures/an-id.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

let root: string;

beforeEach(() => {
  root = join(temporaryFolder(), 'a blob%20root ü');
});

const storage = () => createStorage({ blobRoot: root }).storage;

/** A folder below the root; complete unless told otherwise. */
function write(path: string, { complete = true } = {}): string {
  mkdirSync(join(root, path, 'part'), { recursive: true });
  if (complete) writeFileSync(join(root, path, '_metadata'), 'x');
  return `file://${root}/${path}`;
}

describe('places', () => {
  it('are the manual’s, one directory for every savepoint', () => {
    const below = `namespaces/default/deployments/${deploymentId}`;
    expect(storage().savepointDirectory('default', deploymentId, savepointId(1))).toBe(`file://${root}/flink-savepoints/${below}/${savepointId(1)}`);
    expect(storage().checkpointDirectory('default', deploymentId)).toBe(`file://${root}/flink-jobs/${below}/checkpoints`);
    expect(storage().archiveDirectory('default', deploymentId, jobId(1))).toBe(`file://${root}/flink-jobs/${below}/archive/${jobId(1)}`);
  });
});

describe('looking', () => {
  it('finds the complete savepoint of a directory, and none where there is none', async () => {
    write('s/savepoint-1', { complete: false });
    const location = write('s/savepoint-2');
    expect(await storage().findSavepoint(`file:${root}/s/`)).toMatchObject({ location });
    expect(await storage().findSavepoint(`file://${root}/other`)).toBeUndefined();
  });

  it('lists complete checkpoints, the highest first', async () => {
    const id = toFlinkJobId(jobId(1));
    for (const n of [9, 10, 2]) write(`c/${id}/chk-${n}`);
    write(`c/${id}/chk-11`, { complete: false });
    write(`c/${id}/shared`);
    const found = await storage().listCheckpoints(`file://${root}/c`, id);
    expect(found.map(({ checkpointId }) => checkpointId)).toEqual([10, 9, 2]);
    expect(found[0]?.location).toBe(`file://${root}/c/${id}/chk-10`);
    expect(found[0]?.writtenAt).toBeGreaterThan(1e12);
  });

  it('knows a location in each of Flink’s spellings', async () => {
    write('x');
    for (const spelled of [`file://${root}/x`, `file:${root}/x/`, `file:${root}/x/_metadata`, `${root}/x`]) expect(await storage().exists(spelled)).toBe(true);
    expect(await storage().exists(`file://${root}/y`)).toBe(false);
    expect(await storage().exists('s3://bucket/x')).toBe(false);
  });

  it('does not take what it cannot read for empty', async () => {
    write('f');
    const loop = `file://${'/a'.repeat(5000)}`;
    await expect(storage().findSavepoint(loop)).rejects.toThrow('ENAMETOOLONG');
  });
});

describe('removing', () => {
  it('takes one snapshot away, also when it is gone already', async () => {
    const location = write('s/savepoint-1');
    write('s/savepoint-2');
    await storage().remove(location);
    await storage().remove(location);
    expect([1, 2].map((n) => existsSync(join(root, 's', `savepoint-${n}`)))).toEqual([false, true]);
  });

  it('refuses what is no snapshot', async () => {
    write('s/savepoint-1');
    await expect(storage().remove(`file://${root}/s`)).rejects.toThrow('is no complete snapshot');
    await expect(storage().remove('s3://bucket/x')).rejects.toThrow('does not lie on this machine');
    expect(existsSync(join(root, 's', 'savepoint-1'))).toBe(true);
  });
});
