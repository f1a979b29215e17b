// What Temporal keeps of a Deployment: a story that can be read, without anything of the user's.
import { describe, expect, it } from 'vitest';
import { deploymentWorkflowId } from '../../workflows/contract.ts';
import { runningJob, runsAfter, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, withSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';

const MARK = 'unmistakable';

describe('the history of a Deployment in Temporal', () => {
  let platform: TestPlatform;
  withSimulatedPlatform((own) => ({ platform } = own));

  const create = async (name: string, artifact: object): Promise<string> => {
    const template = {
      spec: {
        artifact: { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20', mainArgs: `--token ${MARK}`, ...artifact },
        flinkConfiguration: { 'user.password': MARK },
      },
    };
    const spec = { state: 'RUNNING', deploymentTargetName: 'default', maxJobCreationAttempts: 2, template };
    return (await platform.call('POST', 'deployments', { metadata: { name }, spec })).body.metadata.id;
  };
  const historyOf = async (name: string, id: string): Promise<string> => {
    const handle = platform.client.workflow.getHandle(deploymentWorkflowId({ namespace: 'default', name, id }));
    await handle.result();
    const decoded = JSON.stringify(await handle.fetchHistory());
    return decoded.replace(/"data":\s*"([A-Za-z0-9+/=]+)"/g, (_whole: string, data: string) => Buffer.from(data, 'base64').toString());
  };

  it('holds no spec, no path and no argument of a job that runs', async () => {
    const id = await create('quiet', {});
    await platform.until('deployments/quiet', ({ status }) => status.state === 'RUNNING');
    const history = await historyOf('quiet', id);
    expect(history).not.toContain(MARK);
    expect(history).not.toContain(platform.home);
    expect(history, 'payloads are decoded').toContain('the job is ready to be submitted');
  });

  it('holds no path of a job that cannot start, only that it was given up', async () => {
    const id = await create('quiet-failure', { jarUri: `file://${platform.home}/${MARK}.jar` });
    const seen = await platform.until('deployments/quiet-failure', ({ status }) => status.state === 'FAILED');
    expect(seen.metadata.annotations['drey.dev/because']).toContain('attempts to run a job failed');
    const history = await historyOf('quiet-failure', id);
    expect(history).not.toContain(MARK);
    expect(history).toContain('TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS');
  });

  it('carries the title and the search attributes an operator looks for', async () => {
    const id = await create('titled', {});
    await platform.until('deployments/titled', ({ status }) => status.state === 'RUNNING');
    const handle = platform.client.workflow.getHandle(deploymentWorkflowId({ namespace: 'default', name: 'titled', id }));
    await handle.result();
    const description = await handle.describe();
    expect(await description.staticSummary()).toContain('titled');
    const attributes = Object.fromEntries(description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    expect(attributes).toMatchObject({ DreyNamespace: 'default', DreyDeployment: 'titled', DreyDesired: 'RUNNING', DreyVersion: 1, DreyPhase: 'RUNNING' });
  });

  it('is told in short runs, which a new worker replays in time, however often the Deployment is changed', async () => {
    const id = await create('restless', {});
    const path = 'deployments/restless';
    let seen = await platform.until(path, ({ status }) => status.state === 'RUNNING');
    for (let turn = 1; turn <= 6; turn += 1) {
      const before = runningJob(seen);
      await platform.call('PATCH', path, { spec: { template: { spec: { artifact: { mainArgs: `--turn ${turn}` } } } } });
      seen = await platform.until(path, runsAfter(before));
    }
    const workflowId = deploymentWorkflowId({ namespace: 'default', name: 'restless', id });
    await platform.client.workflow.getHandle(workflowId).result();
    const lengths: number[] = [];
    for await (const run of platform.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) lengths.push(run.historyLength);
    expect(lengths.length, 'runs').toBeGreaterThan(1);
    expect(Math.max(...lengths), 'events of the longest run').toBeLessThan(300);
  });
});
