// One platform per DREY_HOME: a living owner is respected however old its lock is, a dead one is not waited for.
import { spawn } from 'node:child_process';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockHome } from '../../../app/embedded/home-lock.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

const HOLDER = `
  const { lockHome } = await import(${JSON.stringify(join(import.meta.dirname, '../../../app/embedded/home-lock.ts'))});
  await lockHome(process.argv[1], 0).then(() => console.log('held'), (error) => console.log(error.message));
  setInterval(() => {}, 1000);
`;

/** Another process that tries to take the lock and then stays. */
async function another(home: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim())));
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  return { pid: child.pid, said, kill };
}

describe('the lock of DREY_HOME', () => {
  it('refuses a second platform with one sentence that names the first, even when the lock looks old', async () => {
    const home = temporaryFolder();
    const first = await another(home);
    expect(first.said).toBe('held');
    utimesSync(join(home, 'platform.lock'), new Date(0), new Date(0));
    await expect(lockHome(home, 0)).rejects.toThrow(`drey already runs on ${home} (process ${first.pid}): stop it with`);
    await first.kill();
  });

  it('is taken over at once from a platform that was killed, by one of many', async () => {
    const home = temporaryFolder();
    await (await another(home)).kill();
    const rivals = await Promise.all([another(home), another(home), another(home)]);
    expect(rivals.filter(({ said }) => said === 'held')).toHaveLength(1);
    await Promise.all(rivals.map((rival) => rival.kill()));
  });

  it('is not fooled by a pid that was given out again', async () => {
    const home = temporaryFolder();
    await (await another(home)).kill();
    writeFileSync(join(home, 'lock.json'), JSON.stringify({ pid: process.pid, startedAt: 'another time', host: hostname() }));
    const release = await lockHome(home, 0);
    expect(JSON.parse(readFileSync(join(home, 'lock.json'), 'utf8')).pid).toBe(process.pid);
    await release();
  });

  it('can be taken again after it was given back', async () => {
    const home = temporaryFolder();
    await (await lockHome(home, 0))();
    await (await lockHome(home, 0))();
  });

  it('does not judge a platform on another machine', async () => {
    const home = temporaryFolder();
    await (await another(home)).kill();
    writeFileSync(join(home, 'lock.json'), JSON.stringify({ pid: 1, startedAt: '1', host: 'elsewhere' }));
    await expect(lockHome(home, 0)).rejects.toThrow(/in use by drey on the machine elsewhere.*delete .*lock\.json/);
  });
});
