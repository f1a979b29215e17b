// Records a history of each kind: the product on the simulated Flink and a real Temporal server goes through every transition once.
// What is written names no machine: identities, queues and stack traces are taken out; replay does not look at them.
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { JobId } from '../../domain/ids.ts';
import { deploymentWorkflowId, sessionClusterWorkflowId, WORKFLOW } from '../../workflows/contract.ts';
import { type Doc, runningJob, runsAfter, type TestPlatform } from '../fixtures/a-platform.ts';
import { ENTRY_CLASS, startSimulatedPlatform } from '../fixtures/a-simulated-platform.ts';
import type { SimulatedClusters } from '../fixtures/simulated-clusters.ts';
import type { Kind } from './kinds.ts';

const NAMESPACE = 'default';
const PATIENCE_MS = 120_000;

interface Studio {
  readonly platform: TestPlatform;
  readonly clusters: SimulatedClusters;
  /** Waits until the newest run of this workflow has ended, and keeps its history. */
  readonly keep: (kind: Kind, workflowId: string) => Promise<void>;
  readonly until: (path: string, wanted: (body: Doc) => boolean) => Promise<Doc>;
}

export async function recordHistories(folder: string): Promise<void> {
  const histories = new Map<Kind, string>();
  const { clusters, platform, stop } = await startSimulatedPlatform();
  const keep: Studio['keep'] = async (kind, workflowId) => {
    const handle = platform.client.workflow.getHandle(workflowId);
    await handle.result();
    histories.set(kind, withoutMachine(historyToJSON(await handle.fetchHistory())));
  };
  const until: Studio['until'] = (path, wanted) => platform.until(path, wanted, PATIENCE_MS);
  const studio: Studio = { platform, clusters, keep, until };
  try {
    const sweep = `sweep-${randomUUID()}`;
    await platform.client.workflow.start(WORKFLOW.sweep, { workflowId: sweep, taskQueue: platform.taskQueue });
    await Promise.all([stateful(studio), stateless(studio), givingUp(studio), inSession(studio), keep('sweep', sweep)]);
  } finally {
    await stop();
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [kind, history] of histories) await writeFile(join(folder, `${kind}.json`), history);
}

const MACHINE_KEYS: Readonly<Record<string, string>> = { identity: 'recorder', stackTrace: '' };

/** One event a line. */
function withoutMachine(history: string): string {
  const { events } = JSON.parse(history, (key, value: unknown) => (key in MACHINE_KEYS ? MACHINE_KEYS[key] : queueName(value))) as {
    readonly events: readonly unknown[];
  };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

function queueName(value: unknown): unknown {
  const isQueue = typeof value === 'object' && value !== null && 'name' in value && 'kind' in value && String(value.kind).startsWith('TASK_QUEUE_KIND');
  return isQueue ? { ...value, name: 'recorded', ...('normalName' in value ? { normalName: 'recorded' } : {}) } : value;
}

interface Subject {
  readonly path: string;
  readonly workflowId: string;
  readonly id: string;
}

async function create(
  { platform }: Studio,
  name: string,
  { artifact = {}, ...over }: { readonly artifact?: object; readonly [key: string]: unknown } = {},
): Promise<Subject> {
  const template = {
    spec: {
      artifact: { kind: 'JAR', jarUri: platform.jarUri, entryClass: ENTRY_CLASS, flinkVersion: '1.20', ...artifact },
      flinkConfiguration: { 'execution.checkpointing.interval': '50ms' },
    },
  };
  const spec = { state: 'RUNNING', ...('sessionClusterName' in over ? {} : { deploymentTargetName: NAMESPACE }), ...over, template };
  const { id } = (await platform.call('POST', 'deployments', { metadata: { name }, spec })).body.metadata;
  return { path: `deployments/${name}`, workflowId: deploymentWorkflowId({ namespace: NAMESPACE, name, id }), id };
}

const upgrade = (mainArgs: string): object => ({ spec: { template: { spec: { artifact: { mainArgs } } } } });

interface Change {
  readonly kind: Kind;
  readonly to: 'RUNNING' | 'SUSPENDED' | 'CANCELLED';
}

async function change({ platform, keep, until }: Studio, { path, workflowId }: Subject, { kind, to }: Change): Promise<void> {
  await platform.call('PATCH', path, { spec: { state: to } });
  await until(path, ({ status }) => status.state === to);
  await keep(kind, workflowId);
}

async function stateful(studio: Studio): Promise<void> {
  const { platform, clusters, keep, until } = studio;
  const subject = await create(studio, 'stateful', { upgradeStrategy: { kind: 'STATEFUL' } });
  const { path, workflowId } = subject;
  const first = runningJob(await until(path, ({ status }) => status.state === 'RUNNING'));
  await keep('start', workflowId);
  await platform.call('PATCH', path, upgrade('--version 2'));
  const second = runningJob(await until(path, runsAfter(first)));
  await keep('stateful-upgrade', workflowId);
  clusters.ofJob(second as JobId).slowSavepoints(5000);
  await platform.call('PATCH', path, upgrade('--version 3'));
  await until(`savepoints?deploymentId=${subject.id}`, ({ items }) => items.filter((s) => s.metadata.origin === 'SUSPEND').length === 2);
  await platform.call('PATCH', path, upgrade('--version 4'));
  await until(path, runsAfter(second));
  await keep('nudged-upgrade', workflowId);
  await change(studio, subject, { kind: 'suspend', to: 'SUSPENDED' });
  await change(studio, subject, { kind: 'resume', to: 'RUNNING' });
  await change(studio, subject, { kind: 'cancel', to: 'CANCELLED' });
}

async function stateless(studio: Studio): Promise<void> {
  const { platform, clusters, keep, until } = studio;
  const { path, workflowId, id } = await create(studio, 'stateless', { upgradeStrategy: { kind: 'STATELESS' } });
  const first = runningJob(await until(path, ({ status }) => status.state === 'RUNNING'));
  await platform.client.workflow.getHandle(workflowId).result();
  await platform.call('PATCH', path, upgrade('--version 2'));
  const second = runningJob(await until(path, runsAfter(first)));
  await keep('stateless-upgrade', workflowId);
  const asked = (await platform.call('POST', 'savepoints', { metadata: { deploymentId: id } })).body.metadata.id;
  await until(`savepoints/${asked}`, ({ status }) => status.state === 'COMPLETED');
  await keep('user-savepoint', workflowId);
  clusters.ofJob(second as JobId).failJob(second.replaceAll('-', ''));
  await until(path, runsAfter(second));
  await keep('recovery', workflowId);
}

async function givingUp(studio: Studio): Promise<void> {
  const { path, workflowId } = await create(studio, 'hopeless', { maxJobCreationAttempts: 2, artifact: { jarUri: 'file:///nowhere/job.jar' } });
  await studio.until(path, ({ status }) => status.state === 'FAILED');
  await studio.keep('giving-up', workflowId);
}

async function inSession(studio: Studio): Promise<void> {
  const { platform, keep, until } = studio;
  const name = 'shared';
  const spec = { state: 'RUNNING', deploymentTargetName: NAMESPACE, flinkVersion: '1.20' };
  const { id } = (await platform.call('POST', 'sessionclusters', { metadata: { name }, spec })).body.metadata;
  const clusterId = sessionClusterWorkflowId({ namespace: NAMESPACE, name, id });
  await until('sessionclusters/shared', ({ status }) => status.state === 'RUNNING');
  await keep('session-cluster-start', clusterId);
  const subject = await create(studio, 'guest', { sessionClusterName: name });
  await until(subject.path, ({ status }) => status.state === 'RUNNING');
  await keep('start-in-session', subject.workflowId);
  await platform.call('PATCH', subject.path, { spec: { state: 'CANCELLED' } });
  await until(subject.path, ({ status }) => status.state === 'CANCELLED');
  await platform.call('PATCH', 'sessionclusters/shared', { spec: { state: 'STOPPED' } });
  await until('sessionclusters/shared', ({ status }) => status.state === 'STOPPED');
  await keep('session-cluster-stop', clusterId);
}
