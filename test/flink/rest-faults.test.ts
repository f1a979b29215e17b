// FlinkRest when the network or Flink misbehaves: every answer is a value, and says whether the request may have arrived.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlinkJobId, TriggerId } from '../../domain/ids.ts';
import type { FlinkRest, RunOrder } from '../../flink/flink.ts';
import { createFlinkRest, type FlinkRestPool } from '../../flink/rest/create-flink-rest.ts';
import { guardedLookup } from '../../flink/address-guard.ts';
import { writeJar } from '../flink-sim/a-jar.ts';
import { type FlinkSim, startFlinkSim } from '../flink-sim/start-flink-sim.ts';

const soon = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: 4500, interval: 10 });
const ENTRY_CLASS = 'org.example.Job';
const newJobId = (): FlinkJobId => randomBytes(16).toString('hex') as FlinkJobId;

let home: string;
let sim: FlinkSim;
let pool: FlinkRestPool;
let rest: FlinkRest;
let jarId: string;

function anOrder(order: Partial<RunOrder> = {}): RunOrder {
  return { jobId: newJobId(), entryClass: ENTRY_CLASS, args: [], parallelism: 1, allowNonRestoredState: false, flinkConfiguration: {}, ...order };
}

async function upload(): Promise<string> {
  const answer = await rest.uploadJar(writeJar(join(home, 'job.jar'), ENTRY_CLASS), 'job.jar');
  return answer.kind === 'done' ? answer.value : expect.unreachable(answer.reason);
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'drey-faults-'));
  sim = await startFlinkSim({ stepMs: 2, savepointMs: 2 });
  pool = createFlinkRest({ requestTimeoutMs: 300, runTimeoutMs: 300 });
  rest = pool.rest(sim.url);
  jarId = await upload();
});

afterEach(async () => {
  await pool.close();
  await sim.close();
  rmSync(home, { recursive: true });
});

describe('a request that cannot have arrived', () => {
  it('met a closed port', async () => {
    await sim.killJobManager();
    const refused = { kind: 'unavailable', reason: 'connection refused', mayHaveArrived: false };
    await soon(async () => expect(await rest.jobs()).toEqual(refused)); // a pooled connection may still take one request with it
    expect(await rest.run(jarId, anOrder())).toMatchObject({ kind: 'unavailable', mayHaveArrived: false });
    expect(await pool.rest('http://localhost:1/prefix/').version()).toEqual(refused);
    expect(await pool.rest('no address').version()).toMatchObject({ kind: 'unavailable', mayHaveArrived: false });
  });

  it('met a JobManager that does not lead', async () => {
    sim.faults.next({ do: '503' });
    expect(await rest.cancel(newJobId())).toMatchObject({ kind: 'unavailable', mayHaveArrived: false, reason: expect.stringMatching(/leader election/) });
  });

  it('was a run call whose version nobody could tell', async () => {
    sim.faults.next({ path: /^\/config$/, do: 'hang' });
    expect(await rest.run(jarId, anOrder())).toMatchObject({ kind: 'unavailable', mayHaveArrived: false });
    expect(sim.calls('POST', /\/run$/)).toEqual([]);
  });

  it('was given up before it was sent', async () => {
    expect(await rest.run(jarId, anOrder(), AbortSignal.abort())).toMatchObject({ kind: 'unavailable', mayHaveArrived: false });
  });

  it('had no jar to send', async () => {
    expect(await rest.uploadJar(join(home, 'none.jar'), 'none.jar')).toMatchObject({ kind: 'unavailable', mayHaveArrived: false });
  });
});

describe('a request that may have arrived', () => {
  it.each(['refuse', 'hang', '500', 'acceptThenDie', 'halfAnswer', 'hugeAnswer', 'strangeAnswer'] as const)('met the fault %s', async (fault) => {
    sim.faults.next({ method: 'PATCH', do: fault });
    expect(await rest.cancel(newJobId())).toMatchObject({ kind: 'unavailable', mayHaveArrived: true });
    expect(await rest.cancel(newJobId())).toEqual({ kind: 'done', value: 'unknownJob' });
  });

  it('met an answer of 20 MB, which is not read to its end', async () => {
    const patient = createFlinkRest();
    sim.faults.next({ do: 'hugeAnswer' });
    expect(await patient.rest(sim.url).jobs()).toEqual({ kind: 'unavailable', reason: 'an answer of more than 16777216 bytes', mayHaveArrived: true });
    await patient.close();
  });

  it('started a job although its answer was lost', async () => {
    sim.faults.next({ path: /\/run$/, do: 'acceptThenDie' });
    const order = anOrder();
    expect(await rest.run(jarId, order)).toMatchObject({ kind: 'unavailable', mayHaveArrived: true });
    expect(await rest.job(order.jobId)).toMatchObject({ kind: 'done', value: { id: order.jobId } });
  });

  it('arrives after its sender gave up', async () => {
    const order = anOrder();
    sim.faults.next({ path: /\/run$/, do: 'arriveLate', ms: 1000 });
    expect(await rest.run(jarId, order)).toMatchObject({ kind: 'unavailable', mayHaveArrived: true, reason: 'no answer within 300 ms' });
    expect(await rest.job(order.jobId)).toEqual({ kind: 'done', value: undefined });
    await soon(async () => expect(await rest.job(order.jobId)).toMatchObject({ value: { id: order.jobId } }));
  });

  it('ends when its signal does', async () => {
    const giveUp = new AbortController();
    const patience = createFlinkRest();
    const patient = patience.rest(sim.url);
    await patient.version();
    sim.freeze();
    const answer = patient.run(jarId, anOrder(), giveUp.signal);
    await soon(() => expect(sim.calls('POST', /\/run$/)).toHaveLength(1));
    giveUp.abort();
    expect(await answer).toEqual({ kind: 'unavailable', reason: 'given up waiting for the answer', mayHaveArrived: true });
    await patience.close();
  });

  it('ends with its signal while a jar is uploaded or an id used up', async () => {
    sim.freeze();
    const uploadJar = (signal: AbortSignal) => rest.uploadJar(join(home, 'job.jar'), 'job.jar', signal);
    const burn = (signal: AbortSignal) => rest.burn(newJobId(), { jarName: 'job.jar', savepointPath: 'file:///nowhere' }, signal);
    for (const call of [uploadJar, burn]) {
      const [giveUp, before] = [new AbortController(), sim.calls('POST', /upload$/).length];
      const answer = call(giveUp.signal);
      await soon(() => expect(sim.calls('POST', /upload$/)).toHaveLength(before + 1));
      giveUp.abort();
      expect(await answer).toEqual({ kind: 'unavailable', reason: 'given up waiting for the answer', mayHaveArrived: true });
    }
  });

  it('ends when the pool is closed', async () => {
    sim.freeze();
    const answer = rest.uploadJar(join(home, 'job.jar'), 'job.jar');
    await soon(() => expect(sim.calls('POST', /upload$/)).toHaveLength(2));
    await pool.close();
    expect(await answer).toMatchObject({ kind: 'unavailable', mayHaveArrived: true });
  });
});

describe('what proves nothing', () => {
  it('is a 404 that is not about the job', async () => {
    for (const text of ['Unable to load requested file /jobs/1.', 'There is nothing here']) {
      sim.faults.next({ path: /^\/jobs\/[0-9a-f]{32}$/, do: 'reject', status: 404, text });
      expect(await rest.job(newJobId())).toMatchObject({ kind: 'rejected', status: 404 });
      sim.faults.next({ method: 'PATCH', do: 'reject', status: 404, text });
      expect(await rest.cancel(newJobId())).toMatchObject({ kind: 'rejected', status: 404 });
      sim.faults.next({ path: /savepoints/, do: 'reject', status: 404, text });
      expect(await rest.savepointProgress(newJobId(), newJobId() as string as TriggerId)).toMatchObject({ kind: 'rejected', status: 404 });
    }
  });

  it('is an overview that leaves the job out', async () => {
    const order = anOrder();
    await rest.run(jarId, order);
    sim.hideFromOverview(order.jobId);
    expect(await rest.jobs()).toEqual({ kind: 'done', value: [] });
    await soon(async () =>
      expect(await rest.job(order.jobId)).toMatchObject({ kind: 'done', value: { id: order.jobId, status: 'RUNNING', tasks: { total: 2, running: 2 } } }),
    );
  });
});

describe('a name', () => {
  const found = (...addresses: readonly string[]): ReturnType<typeof guardedLookup> =>
    guardedLookup({ allowPrivateAddresses: true }, (...[, , done]) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    );

  it('of a metadata address is never connected to', () => {
    expect.assertions(4);
    for (const address of ['169.254.169.254', 'fe80::1', 'fd00:ec2::254', '::ffff:169.254.169.254']) {
      found(address)('evil.example.com', { all: true }, (error) => expect(error).toMatchObject({ code: 'DREY_FORBIDDEN_ADDRESS' }));
    }
  });

  it('keeps its other addresses', () => {
    expect.assertions(2);
    found('169.254.1.1', '10.0.0.1', '::1')('flink.example.com', { all: true }, (_, addresses) => expect(addresses).toHaveLength(2));
    found('169.254.1.1', '10.0.0.1')('flink.example.com', {}, (_, address) => expect(address).toBe('10.0.0.1'));
  });

  it('of this machine is asked only where that is allowed, however it is written', async () => {
    const strict = createFlinkRest({ guard: { allowPrivateAddresses: false } });
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f000001']) {
      const address = sim.url.replace('127.0.0.1', host);
      const refused = { kind: 'unavailable', reason: expect.stringContaining('DREY_PRIVATE_ADDRESSES=1'), mayHaveArrived: false };
      expect(await strict.rest(address).version()).toEqual(refused);
      await expect(strict.rest(address).open('/overview', AbortSignal.timeout(1000))).rejects.toThrow();
    }
    expect(sim.calls('GET', /./)).toEqual([]);
    await strict.close();
  });

  it('is resolved when a call is made', async () => {
    expect(await pool.rest(sim.url.replace('127.0.0.1', 'localhost')).version()).toEqual({ kind: 'done', value: '1.20.0' });
  });
});

describe('the version', () => {
  it('is asked once for many run calls', async () => {
    for (const order of [anOrder(), anOrder(), anOrder()]) expect((await rest.run(jarId, order)).kind).toBe('done');
    expect((await pool.rest(sim.url).run(jarId, anOrder())).kind).toBe('done');
    expect(sim.calls('GET', /^\/config$/)).toHaveLength(1);
  });

  it('is asked again when it is old, and whenever somebody wants to know it', async () => {
    let now = 0;
    const aged = createFlinkRest({ now: () => now });
    await aged.rest(sim.url).run(jarId, anOrder());
    now = 30_000;
    await aged.rest(sim.url).run(jarId, anOrder());
    expect(sim.calls('GET', /^\/config$/)).toHaveLength(2);
    expect(await aged.rest(sim.url).version()).toEqual({ kind: 'done', value: '1.20.0' });
    expect(sim.calls('GET', /^\/config$/)).toHaveLength(3);
    await aged.close();
  });

  it('decides whether a configuration can be sent at all', async () => {
    const old = await startFlinkSim({ version: '1.16.3' });
    const answer = await pool.rest(old.url).run('x.jar', anOrder({ flinkConfiguration: { 'execution.checkpointing.interval': '1 s' } }));
    expect(answer).toMatchObject({ kind: 'rejected', status: 0, reason: expect.stringMatching(/1\.17 or newer/) });
    expect(old.calls('POST', /\/run$/)).toEqual([]);
    await old.close();
  });

  it('never makes it send programArgs', async () => {
    await rest.run(jarId, anOrder({ args: ['--x', '1'] }));
    const [call] = sim.calls('POST', /\/run$/);
    expect(call?.body).toMatchObject({ programArgsList: ['--x', '1'] });
    expect(call?.body).not.toHaveProperty('programArgs');
  });
});
