// The schedule's target as the built Lambda function: reconciles through the Temporal of the run, and never crashes in a loop.
import { randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { anyFreePort } from '../../app/embedded/free-port.ts';
import { SWEEP_SCHEDULE } from '../../workflows/contract.ts';
import { startMoto } from '../fixtures/start-moto.ts';
import { builtFunctions } from './a-lambda.ts';
import { amazonAt } from './amazon.ts';

interface Emf {
  readonly _aws: { readonly CloudWatchMetrics: readonly { readonly Metrics: readonly { readonly Name: string }[] }[] };
  readonly FunctionName: string;
}

/** What CloudWatch would read in the log. */
function metricsIn(log: string): readonly object[] {
  const lines = log.split('\n').filter((line) => line.includes('CloudWatchMetrics'));
  return lines.map((line) => {
    const { _aws, FunctionName, ...values } = JSON.parse(line) as Emf;
    expect(FunctionName).toBe('drey');
    expect(_aws.CloudWatchMetrics[0]?.Metrics.map(({ Name }) => Name).sort()).toEqual(Object.keys(values).sort());
    return values;
  });
}

const any = expect.any(Number) as number;
const RECONCILE = { drey: 'reconcile' };
const built = builtFunctions();
const key = randomBytes(32).toString('base64');
let environment: Record<string, string>;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  environment = { DATABASE_URL: 'postgres://drey@127.0.0.1:1/drey', DREY_SECRET_KEY: key, TEMPORAL_ADDRESS: inject('temporalAddress') };
  connection = await Connection.connect({ address: inject('temporalAddress') });
  client = new Client({ connection });
});
afterAll(() => connection.close());

describe('the schedule', () => {
  it('has the fleet looked at, and looks once more when it fires twice', async () => {
    const workflowId = `sweep-${randomUUID()}`;
    const action = { type: 'startWorkflow', workflowType: 'sweep', workflowId, taskQueue: `nobody-${randomUUID()}`, args: [] } as const;
    const handle = await client.schedule.create({ scheduleId: SWEEP_SCHEDULE, spec: {}, action });
    try {
      const container = await built.container('schedule', environment);
      for (let times = 0; times < 2; times += 1) expect(JSON.parse(await container.invoke(RECONCILE))).toEqual({ reconciled: true });
      expect((await handle.describe()).info.numActionsTaken).toBeGreaterThanOrEqual(1);
      // There is no database here: what it would know is left out, and nothing else.
      expect(metricsIn(container.log())[0]).toEqual({ Backlog: any, ScheduleToStart: any, SweepAge: any, WorkflowTaskFailures: any });
    } finally {
      await handle.delete();
    }
  });

  it('does nothing for an event that is not its own, and says so', async () => {
    const container = await built.container('schedule', environment);
    for (const event of [null, {}, { drey: 'everything' }, { version: '2.0' }])
      expect(JSON.parse(await container.invoke(event))).toEqual({ reconciled: false });
    expect(container.log()).toContain('the event is not the one of the schedule');
  });

  it('fails, and is there for the next time, while Temporal does not answer or is not named', async () => {
    const away = await built.container('schedule', { ...environment, TEMPORAL_ADDRESS: `127.0.0.1:${await anyFreePort()}` });
    for (let times = 0; times < 2; times += 1) await expect(away.invoke(RECONCILE)).rejects.toThrow('TEMPORAL_ADDRESS');
    const unnamed = await built.container('schedule', { ...environment, TEMPORAL_ADDRESS: '' });
    await expect(unnamed.invoke(RECONCILE)).rejects.toThrow('TEMPORAL_ADDRESS is missing');
  });
});

describe('settings that lie elsewhere', () => {
  it('are read from Secrets Manager and the Parameter Store, and never shown', async () => {
    const moto = await startMoto();
    onTestFinished(() => moto.stop());
    const amazon = amazonAt(moto);
    const aws = amazon.environment;
    const database = JSON.stringify({ username: 'drey', password: 'p@ss/hunter2', host: '127.0.0.1', port: 1, dbname: 'drey' });
    await amazon.call('secretsmanager', 'secretsmanager.CreateSecret', { Name: 'db', SecretString: database });
    await amazon.call('secretsmanager', 'secretsmanager.CreateSecret', { Name: 'keys', SecretString: JSON.stringify({ current: key }) });
    await amazon.call('ssm', 'AmazonSSM.PutParameter', { Name: '/drey/temporal', Value: inject('temporalAddress'), Type: 'SecureString' });
    const references = { DATABASE_URL_FROM: 'secret:db', DREY_SECRET_KEY_FROM: 'secret:keys#current', TEMPORAL_ADDRESS_FROM: 'parameter:/drey/temporal' };
    const container = await built.container('schedule', { ...aws, ...references });
    // There is no schedule: whoever says so was reached with all three settings.
    await expect(container.invoke(RECONCILE)).rejects.toThrow('Temporal does not answer');
    for (const [name, value] of [
      ['DATABASE_URL_FROM', 'secret:none'],
      ['DREY_SECRET_KEY_FROM', 'secret:keys#old'],
      ['TEMPORAL_ADDRESS_FROM', 'parameter:/drey/none'],
    ] as const) {
      const lame = await built.container('schedule', { ...aws, ...references, [name]: value });
      await expect(lame.invoke(RECONCILE)).rejects.toThrow(name);
    }
    const api = await built.container('api', { ...aws, ...references });
    await api.invoke({});
    expect(container.log() + api.log()).not.toContain('hunter2');
  });
});
