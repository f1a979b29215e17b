// The product's own Temporal starter: starts, adopts what a crash left, takes other ports when its own are taken, and leaves nothing behind.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { anyFreePort } from '../../../app/embedded/free-port.ts';
import { isSameProcess } from '../../../app/embedded/process-identity.ts';
import { startTemporal } from '../../../app/embedded/temporal-server.ts';
import type { TemporalOrder, TemporalServer } from '../../../app/embedded/temporal-server.ts';
import { SEARCH_ATTRIBUTES } from '../../../workflows/contract.ts';
import { temporaryFolder } from '../../fixtures/temporary-folder.ts';

const servers: TemporalServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(order: Partial<TemporalOrder> & Pick<TemporalOrder, 'folder'>): Promise<TemporalServer> {
  const server = await startTemporal({ binary: inject('temporalBinary'), ui: false, ports: 'any', ...order });
  servers.push(server);
  return server;
}

const portOf = (server: TemporalServer): number => Number(server.address.split(':')[1]);

describe("Temporal's dev server", () => {
  it('keeps its data, its ports and its search attributes over a stop', async () => {
    const folder = temporaryFolder();
    const first = await start({ folder, ui: true });
    const client = await Connection.connect({ address: first.address });
    const { customAttributes } = await client.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)));
    await new Client({ connection: client }).workflow.start('kept', { workflowId: 'kept', taskQueue: 'nobody' });
    await client.close();
    expect((await fetch(first.uiUrl ?? '')).ok).toBe(true);
    await first.stop();
    expect(isSameProcess(first.process)).toBe(false);

    const second = await start({ folder, ui: true });
    expect([second.adopted, second.address, second.uiUrl]).toEqual([false, first.address, first.uiUrl]);
    const again = await Connection.connect({ address: second.address });
    expect((await new Client({ connection: again }).workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
    await again.close();
  });

  it('is adopted when a crash left it running, not started twice', async () => {
    const folder = temporaryFolder();
    const first = await start({ folder });
    const second = await start({ folder });
    expect(second).toMatchObject({ adopted: true, address: first.address, process: first.process });
  });

  it('is started anew when its note names a process that is somebody else by now', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'temporal.json'), JSON.stringify({ port: await anyFreePort(), process: { pid: process.pid, startedAt: 'another time' } }));
    expect((await start({ folder })).adopted).toBe(false);
    expect(isSameProcess(JSON.parse(readFileSync(join(folder, 'temporal.json'), 'utf8')).process)).toBe(true);
  });

  it('waits for the port of last time where it is held for a moment more, as by a server that was killed', async () => {
    const folder = temporaryFolder();
    const first = await start({ folder });
    await first.stop();
    const holder = createServer().listen(portOf(first), '127.0.0.1');
    setTimeout(() => holder.close(), 500);
    expect(portOf(await start({ folder }))).toBe(portOf(first));
  });

  it('takes another port when the one of last time is taken', async () => {
    const folder = temporaryFolder();
    const first = await start({ folder });
    await first.stop();
    const thief = createServer().listen(portOf(first), '127.0.0.1');
    await new Promise((resolve) => thief.once('listening', resolve));
    const second = await start({ folder });
    expect(portOf(second)).not.toBe(portOf(first));
    thief.close();
  });

  it('says where to look when it does not come up', async () => {
    const folder = temporaryFolder();
    await expect(startTemporal({ folder, binary: '/bin/false', ui: false, ports: 'any' })).rejects.toThrow(join(folder, 'log', 'temporal.log'));
  });
});
