// What the rest of drey may rely on of the blob root, whatever it is. Run on a folder (test/flink/storage.test.ts) and on S3.
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { toFlinkJobId } from '../../domain/ids.ts';
import type { Flink } from '../../flink/flink.ts';
import { deploymentId, jobId, savepointId } from '../fixtures/an-id.ts';

export interface StorageWorld {
  /** The root as a URI, without a slash at its end. */
  readonly uri: string;
  readonly opened: Pick<Flink, 'storage' | 'uploads'>;
  /** Puts a file there by other means; a path below the root. */
  readonly write: (path: string, text: string) => Promise<void>;
  /** Everything below the root, sorted. */
  readonly paths: () => Promise<readonly string[]>;
  readonly read: (path: string) => Promise<string>;
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

export function storageContract(open: () => Promise<StorageWorld>): void {
  let world: StorageWorld;
  beforeEach(async () => {
    world = await open();
  });
  const storage = () => world.opened.storage;
  const uploads = () => world.opened.uploads;
  const snapshot = async (path: string, { complete = true } = {}): Promise<string> => {
    await world.write(`${path}/part/1`, 'x');
    if (complete) await world.write(`${path}/_metadata`, 'x');
    return `${world.uri}/${path}`;
  };

  describe('places', () => {
    it('are the manual’s, one directory for every savepoint', () => {
      const below = `namespaces/default/deployments/${deploymentId}`;
      expect(storage().savepointDirectory('default', deploymentId, savepointId(1))).toBe(`${world.uri}/flink-savepoints/${below}/${savepointId(1)}`);
      expect(storage().checkpointDirectory('default', deploymentId)).toBe(`${world.uri}/flink-jobs/${below}/checkpoints`);
      expect(storage().archiveDirectory('default', deploymentId, jobId(1))).toBe(`${world.uri}/flink-jobs/${below}/archive/${jobId(1)}`);
    });
  });

  describe('snapshots', () => {
    it('finds the complete savepoint of a directory, and none where there is none', async () => {
      await snapshot('s/savepoint-1', { complete: false });
      const location = await snapshot('s/savepoint-2');
      await snapshot('t/savepoint-3');
      const found = await storage().findSavepoint(`${world.uri}/s/`);
      expect(found).toEqual({ location, writtenAt: expect.any(Number) });
      expect(Math.abs((found?.writtenAt ?? 0) - Date.now())).toBeLessThan(600_000);
      expect(await storage().findSavepoint(`${world.uri}/other`)).toBeUndefined();
    });

    it('finds the newest of several', async () => {
      await snapshot('s/savepoint-b');
      const newest = await snapshot('s/savepoint-a');
      for (let more = 0; (await storage().findSavepoint(`${world.uri}/s`))?.location !== newest; more += 1) {
        expect(more, 'the clock of the storage goes on').toBeLessThan(400);
        await world.write('s/savepoint-a/_metadata', String(more));
      }
    });

    it('lists complete checkpoints, the highest first, of that job alone', async () => {
      const id = toFlinkJobId(jobId(1));
      for (const n of [9, 10, 2]) await snapshot(`c/${id}/chk-${n}`);
      await snapshot(`c/${id}/chk-11`, { complete: false });
      await snapshot(`c/${id}/shared`);
      await snapshot(`c/${toFlinkJobId(jobId(2))}/chk-20`);
      const found = await storage().listCheckpoints(`${world.uri}/c`, id);
      expect(found.map(({ checkpointId }) => checkpointId)).toEqual([10, 9, 2]);
      expect(found[0]?.location).toBe(`${world.uri}/c/${id}/chk-10`);
      expect(await storage().listCheckpoints(`${world.uri}/nothing`, id)).toEqual([]);
    });

    it('knows whether a complete one lies at a location, in each of Flink’s spellings', async () => {
      const location = await snapshot('x');
      await snapshot('half', { complete: false });
      for (const spelled of [location, `${location}/`, `${location}/_metadata`]) expect(await storage().exists(spelled)).toBe(true);
      for (const absent of ['half', 'x2', 'nothing', 'x/part']) expect(await storage().exists(`${world.uri}/${absent}`)).toBe(false);
    });

    it('sees its own file system and no other', async () => {
      expect(storage().sees(`${world.uri}/x`)).toBe(true);
      for (const other of ['hdfs://host/x', 's3://another-bucket/x', 'gs://bucket/x']) {
        expect([storage().sees(other), await storage().exists(other)]).toEqual([false, false]);
        await expect(storage().remove(other)).rejects.toThrow(/does not lie/);
      }
    });

    it('takes one away with everything in it, also when it is gone already', async () => {
      const location = await snapshot('s/savepoint-1');
      await snapshot('s/savepoint-10');
      await storage().remove(location);
      await storage().remove(location);
      expect(await world.paths()).toEqual(['s/savepoint-10/_metadata', 's/savepoint-10/part/1']);
    });

    it('goes on with a removal that was interrupted', async () => {
      await world.write('s/savepoint-1/_metadata', 'x');
      await storage().remove(`${world.uri}/s/savepoint-1`);
      expect(await world.paths()).toEqual([]);
    });

    it('refuses to remove what is no snapshot', async () => {
      await snapshot('s/savepoint-1');
      await snapshot('half', { complete: false });
      for (const folder of ['s', 'half']) await expect(storage().remove(`${world.uri}/${folder}`)).rejects.toThrow('is no complete snapshot');
      expect(await world.paths()).toEqual(['half/part/1', 's/savepoint-1/_metadata', 's/savepoint-1/part/1']);
    });
  });

  describe('uploaded artifacts', () => {
    const place = { namespace: 'default', filename: 'job 1.jar' };
    const path = 'artifacts/namespaces/default/job 1.jar';

    it('are stored whole, replaced, found, listed and removed', async () => {
      const first = await uploads().put(place, chunks('PK', '1'));
      expect(first).toEqual({ filename: 'job 1.jar', uri: expect.stringMatching(/job(%20| )1\.jar$/), createdAt: expect.any(Number) });
      expect(Math.abs(first.createdAt - Date.now())).toBeLessThan(600_000);
      expect(await world.read(path)).toBe('PK1');
      await uploads().put(place, chunks('PK2'));
      expect([await world.paths(), await world.read(path)]).toEqual([[path], 'PK2']);
      expect(await uploads().find(place)).toMatchObject({ filename: 'job 1.jar', uri: first.uri });
      expect((await uploads().list('default')).map(({ filename }) => filename)).toEqual(['job 1.jar']);
      expect(await uploads().remove(place)).toMatchObject({ filename: 'job 1.jar' });
      expect([await uploads().remove(place), await uploads().find(place), await uploads().list('default')]).toEqual([undefined, undefined, []]);
    });

    it('are of any size, byte by byte', async () => {
      const block = Buffer.alloc(1024 * 1024, 'abcdefg');
      const hash = createHash('sha256');
      async function* many(): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < 21; i += 1) {
          hash.update(block);
          yield await Promise.resolve(block);
        }
      }
      await uploads().put(place, many());
      expect(
        createHash('sha256')
          .update(await world.read(path))
          .digest('hex'),
      ).toBe(hash.digest('hex'));
    });

    it.each([10, 21 * 1024 * 1024])('leave nothing when their content breaks off after %d bytes', async (bytes) => {
      await uploads().put(place, chunks('PK old'));
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(bytes);
        throw await Promise.resolve(new Error('cut off'));
      }
      await expect(uploads().put(place, broken())).rejects.toThrow('cut off');
      expect([await world.paths(), await world.read(path)]).toEqual([[path], 'PK old']);
    });

    it('go with their namespace, folders included, and leave those of others', async () => {
      for (const name of ['a.jar', 'folder/c.jar']) await world.write(`artifacts/namespaces/default/${name}`, 'x');
      await world.write('artifacts/namespaces/default-2/d.jar', 'x');
      for (let i = 0; i < 2; i += 1) await uploads().clear('default');
      expect(await world.paths()).toEqual(['artifacts/namespaces/default-2/d.jar']);
    });

    it('are listed by the bytes of their names, the first 1000, without folders and other namespaces', async () => {
      for (const name of ['b.jar', 'B.jar', 'ä.jar', 'a.jar', 'folder/c.jar']) await world.write(`artifacts/namespaces/default/${name}`, 'x');
      await world.write('artifacts/namespaces/default-2/d.jar', 'x');
      expect((await uploads().list('default')).map(({ filename }) => filename)).toEqual(['B.jar', 'a.jar', 'b.jar', 'ä.jar']);
      expect(await uploads().find({ namespace: 'default', filename: 'folder' })).toBeUndefined();
      expect(await uploads().list('nothing')).toEqual([]);
    });
  });
}
