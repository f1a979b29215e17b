// A blob root in S3 with Flink on this machine: only with the plugin that can write there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireS3Plugin } from '../../app/s3-plugin.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const blobRoot = 's3://bucket/drey';

function aFlink(plugin: string): string {
  const home = temporaryFolder();
  mkdirSync(join(home, 'plugins', 'some'), { recursive: true });
  writeFileSync(join(home, 'plugins', 'some', plugin), '');
  return home;
}

describe('Flink on this machine with blobs in S3', () => {
  it.each([undefined, temporaryFolder(), aFlink('flink-metrics-jmx-1.20.0.jar')])('does not start without the plugin (%s)', async (flinkHome) => {
    const refused = requireS3Plugin({ blobRoot, localTargets: true, ...(flinkHome !== undefined && { flinkHome }) });
    await expect(refused).rejects.toMatchObject({ name: 'StartProblem', message: expect.stringContaining('flink-s3-fs-hadoop') });
  });

  it.each(['flink-s3-fs-hadoop-1.20.0.jar', 'flink-s3-fs-presto-2.3.0.jar', 'flink-s3-fs-native-2.3.0.jar'])('starts with %s', async (plugin) => {
    await expect(requireS3Plugin({ blobRoot, localTargets: true, flinkHome: aFlink(plugin) })).resolves.toBeUndefined();
  });

  it('is no question without local targets, or with a folder', async () => {
    await expect(requireS3Plugin({ blobRoot, localTargets: false })).resolves.toBeUndefined();
    await expect(requireS3Plugin({ blobRoot: '/blobs', localTargets: true })).resolves.toBeUndefined();
  });
});
