// Secret values go to Flink and never come back: filled in on the way there, hidden in every text that returns, and no activity goes around it.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { flinkOf } from '../../activities/flink-of.ts';
import { ALREADY_SUBMITTED, NOWHERE } from '../../activities/masked-rest.ts';
import type { SecretOwner } from '../../domain/secret-value.ts';
import type { Answer, ApplicationOrder, FetchOrder, FlinkRest, RunOrder, Sighting } from '../../flink/flink.ts';
import type { Store } from '../../store/store.ts';
import { openPgliteStore } from '../store/open-store.ts';
import { storeNamespace } from '../store/samples.ts';

const CANARY = 'canary-7f3a';

/** Calls by which a text about a Job could enter. */
const WAYS_AROUND = /\bflink\.rest\(|\blocal\.(observe|startApplication|startSession)\(|\bartifacts\.fetch\(/;

it('only flink-of.ts reaches what may repeat a secret value', () => {
  const folder = new URL('../../activities/', import.meta.url);
  expect(readdirSync(folder).filter((file) => WAYS_AROUND.test(readFileSync(new URL(file, folder), 'utf8')))).toEqual(['flink-of.ts']);
});

describe('Flink on behalf of a Job', () => {
  let store: Store;
  let owner: SecretOwner;
  const sent: unknown[] = [];
  let answer: Answer<never> = { kind: 'rejected', status: 400, reason: `bad ${CANARY}`, text: `at com.example(${CANARY})` };
  let sighting: Sighting = { kind: 'neverStarted' };
  const rest = {
    url: 'http://flink',
    jobs: async () => answer,
    run: async (_: string, order: RunOrder) => {
      sent.push(order.flinkConfiguration);
      return answer;
    },
    exceptions: async () => ({ kind: 'done', value: [{ name: `E${CANARY}`, reason: `no ${CANARY}`, stacktrace: `\tat ${CANARY}`, at: 1 }] }),
    savepointProgress: async () => ({ kind: 'done', value: { kind: 'failed', reason: `r ${CANARY}`, text: `t ${CANARY}`, location: `file:///${CANARY}` } }),
  } as unknown as FlinkRest;
  const own = () =>
    flinkOf(
      {
        store,
        flink: {
          rest: () => rest,
          local: {
            observe: async () => sighting,
            startApplication: async (_: string, order: ApplicationOrder) => {
              sent.push(order.flinkConfiguration);
              return answer;
            },
          },
          artifacts: {
            fetch: async (order: FetchOrder) => {
              sent.push(order);
              return answer;
            },
          },
        },
      } as unknown as ActivityDeps,
      owner,
    );
  const anOrder = (flinkConfiguration: Readonly<Record<string, string>>) => ({ flinkConfiguration }) as unknown as ApplicationOrder;
  const start = (flinkConfiguration: Readonly<Record<string, string>>) => own().startApplication('job' as never, anOrder(flinkConfiguration));
  const fetch = (uri: string, additionalDependencies: readonly string[] = []) =>
    own().fetch({ jobId: 'job' as never, namespace: owner.namespace, uri, additionalDependencies }, AbortSignal.timeout(1000), () => undefined);

  beforeAll(async () => {
    store = await openPgliteStore();
    const namespace = await storeNamespace(store);
    owner = { namespace, names: ['TOKEN'] };
    const draft = { namespace, name: 'TOKEN', labels: {}, annotations: {}, value: CANARY };
    await store.transaction((tx) => store.secretValues.insert(tx, draft));
  });
  afterAll(() => store.close());

  it('gets the values in its configuration and gives none back', async () => {
    sent.length = 0;
    expect(await start({ a: 'x${TOKEN}', b: '${java.home}' })).toEqual({ kind: 'rejected', status: 400, reason: 'bad ******', text: 'at com.example(******)' });
    const run = await own()
      .rest('')
      .run('jar', anOrder({ c: '${TOKEN}' }) as unknown as RunOrder);
    expect(run).toMatchObject({ kind: 'rejected', reason: 'bad ******' });
    expect(sent).toEqual([{ a: `x${CANARY}`, b: '${java.home}' }, { c: CANARY }]);
  });

  it('gets the values in addresses, names files after what may be seen, and gives none back', async () => {
    sent.length = 0;
    answer = { kind: 'unavailable', reason: `https://host/${CANARY}.jar did not arrive`, mayHaveArrived: false };
    expect(await fetch('https://host/${TOKEN}.jar', ['file:///${TOKEN}'])).toMatchObject({ reason: 'https://host/******.jar did not arrive' });
    expect(sent).toEqual([
      {
        jobId: 'job',
        uri: `https://host/${CANARY}.jar`,
        additionalDependencies: [`file:///${CANARY}`],
        shown: ['https://host/${TOKEN}.jar', 'file:///${TOKEN}'],
      },
    ]);
  });

  it('hides the values in causes and logs, and leaves locations as they are', async () => {
    const flink = own().rest('');
    expect(await flink.exceptions('id' as never, 1)).toMatchObject({ value: [{ name: 'E******', reason: 'no ******', stacktrace: '\tat ******' }] });
    expect(await flink.savepointProgress('id' as never, 't' as never)).toMatchObject({
      value: { reason: 'r ******', text: 't ******', location: `file:///${CANARY}` },
    });
    sighting = { kind: 'gone', logTail: `Caused by: ${CANARY}` };
    expect(await own().observe({ kind: 'job', jobId: 'job' as never })).toEqual({ kind: 'gone', logTail: 'Caused by: ******' });
  });

  it('is refused by name when a value is missing, unless it was started while the value was there', async () => {
    const { namespace } = owner;
    const missing = `secret value "GONE" does not exist in namespace "${namespace}"`;
    sighting = { kind: 'neverStarted' };
    expect(await start({ a: '${GONE}' })).toMatchObject({ kind: 'rejected', reason: missing });
    expect(await fetch('https://${GONE}/job.jar')).toMatchObject({ kind: 'rejected', reason: missing });
    expect(await own().check({ a: '${GONE}' })).toMatchObject({ kind: 'rejected', reason: missing });
    sighting = { kind: 'gone', logTail: '' };
    expect(await start({ a: '${GONE}' })).toEqual({ kind: 'done', value: true });
  });

  it('is refused where a value would be shown: in a place of state, and in what Maven is started with', async () => {
    expect(await own().check({ 'state.savepoints.dir': 's3://${TOKEN}' })).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('cannot hold') });
    expect(await fetch('maven:${TOKEN}:a:1')).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('command line') });
  });

  it('keeps the words on which decisions rest, even if a value is part of them', async () => {
    const draft = { namespace: owner.namespace, name: 'WORD', labels: {}, annotations: {}, value: 'already' };
    await store.transaction((tx) => store.secretValues.insert(tx, draft));
    owner = { ...owner, names: ['WORD'] };
    answer = { kind: 'rejected', status: 409, reason: `it ${ALREADY_SUBMITTED}, already`, text: NOWHERE };
    const told = await own().rest('').jobs();
    expect(told).toMatchObject({ reason: expect.stringContaining(ALREADY_SUBMITTED), text: NOWHERE });
    expect(told.kind === 'rejected' && told.reason.startsWith('it has ****** been')).toBe(true);
  });
});
