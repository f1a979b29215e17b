// Changes of state on an EventBridge bus, as whoever listens gets them: through a rule into a queue, in moto.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventBusOf } from '../../app/event-bus.ts';
import type { Config } from '../../app/config.ts';
import type { StateChange } from '../../domain/state-change.ts';
import { startMoto, type Moto } from '../fixtures/start-moto.ts';
import { type Amazon, amazonAt } from './amazon.ts';

const BUS = 'drey';
let moto: Moto;
let amazon: Amazon;
let queue: string;

const change = (n: number): StateChange => ({
  id: `01a21b85-637c-7000-9183-0000000000${String(n).padStart(2, '0')}` as StateChange['id'],
  at: Date.UTC(2026, 10, 27, 5, 0, n) + 0.25,
  namespace: 'default',
  deploymentId: '01a21b85-637c-7000-9183-ba4a551a5b37' as StateChange['deploymentId'],
  name: 'clicks',
  ...(n > 0 && { from: 'TRANSITIONING' }),
  to: 'RUNNING',
  because: 'the job runs',
  specVersion: 3,
});

beforeAll(async () => {
  moto = await startMoto();
  amazon = amazonAt(moto);
  await amazon.call('events', 'AWSEvents.CreateEventBus', { Name: BUS });
  const made = await amazon.call('sqs', 'AmazonSQS.CreateQueue', { QueueName: 'heard' });
  queue = String(made['QueueUrl']);
  const EventPattern = JSON.stringify({ source: ['drey'], 'detail-type': ['Deployment State Change'], detail: { to: ['RUNNING'] } });
  await amazon.call('events', 'AWSEvents.PutRule', { Name: 'running', EventBusName: BUS, EventPattern });
  const Targets = [{ Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:123456789012:heard' }];
  await amazon.call('events', 'AWSEvents.PutTargets', { Rule: 'running', EventBusName: BUS, Targets });
});
afterAll(() => moto.stop());

const announceOn = (eventBus: string) => {
  const { announce } = eventBusOf({ eventBus } as Config, amazon.environment);
  if (announce === undefined) throw new Error('no bus');
  return announce;
};

async function heard(): Promise<readonly Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (;;) {
    const { Messages } = await amazon.call('sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl: queue, MaxNumberOfMessages: 10 });
    if (!Array.isArray(Messages) || Messages.length === 0) return found;
    found.push(...Messages.map(({ Body }: { Body: string }) => JSON.parse(Body) as Record<string, unknown>));
  }
}

it('each is one event, with what changed and why', async () => {
  await announceOn(BUS)([change(0), change(1)]);
  const events = await heard();
  expect(events.map(({ source, 'detail-type': type }) => [source, type])).toEqual(Array(2).fill(['drey', 'Deployment State Change']));
  expect(events.map(({ detail }) => detail)).toEqual([
    {
      id: change(0).id,
      time: '2026-11-27T05:00:00.000Z',
      namespace: 'default',
      deployment: { id: change(0).deploymentId, name: 'clicks', specVersion: 3 },
      from: null,
      to: 'RUNNING',
      because: 'the job runs',
    },
    expect.objectContaining({ id: change(1).id, from: 'TRANSITIONING' }),
  ]);
});

it('more than the bus takes at a time are told in parts', async () => {
  await announceOn(BUS)(Array.from({ length: 25 }, (_, n) => change(n)));
  expect(await heard()).toHaveLength(25);
});

it('are not told where nobody named a bus, and not lost where it cannot be reached', async () => {
  expect(eventBusOf({} as Config, amazon.environment)).toEqual({});
  const { announce } = eventBusOf({ eventBus: BUS } as Config, { ...amazon.environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
  await expect(announce?.([change(0)])).rejects.toThrow();
});
