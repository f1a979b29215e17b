// Tells Temporal that something may have changed: the only file of the functions that knows Temporal. Sends a title and a
// signal that carries nothing. Never throws and never waits longer than 3 s: what is not delivered here, the sweep delivers.
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { SearchAttributePair } from '@temporalio/common';
import type { Wake, WakeDeployment, WakeSessionCluster } from '../domain/wake.ts';
import { deploymentWorkflowId, NUDGE_SIGNAL, SEARCH_ATTRIBUTES, sessionClusterWorkflowId, SWEEP_SCHEDULE, WORKFLOW } from '../workflows/contract.ts';

export interface WakeOptions {
  /** Called for every wake, so that a client may be made late and replaced. */
  readonly client: () => Client | Promise<Client>;
  readonly taskQueue: string;
}

const LIMIT_MS = 3000;
/** The server takes 400 bytes. */
const SUMMARY_BYTES = 200;

const NAMESPACE = defineSearchAttributeKey('DreyNamespace', SEARCH_ATTRIBUTES.DreyNamespace);
const DEPLOYMENT = defineSearchAttributeKey('DreyDeployment', SEARCH_ATTRIBUTES.DreyDeployment);
const DESIRED = defineSearchAttributeKey('DreyDesired', SEARCH_ATTRIBUTES.DreyDesired);
const VERSION = defineSearchAttributeKey('DreyVersion', SEARCH_ATTRIBUTES.DreyVersion);

interface Nudge {
  readonly workflow: string;
  readonly workflowId: string;
  readonly id: string;
  readonly summary: string;
  readonly priorityKey: number;
  readonly typedSearchAttributes: SearchAttributePair[];
}

function shorten(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= SUMMARY_BYTES
    ? text
    : `${bytes
        .subarray(0, SUMMARY_BYTES - 4)
        .toString()
        .replace(/\uFFFD+$/, '')}…`;
}

/** True when `work` was done in time. What comes later is dropped. */
async function within(work: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), LIMIT_MS);
  });
  const done = work().then(
    () => true,
    () => false,
  );
  return await Promise.race([done, late]).finally(() => clearTimeout(timer));
}

function toDeploymentNudge(target: WakeDeployment): Nudge {
  return {
    workflow: WORKFLOW.deploymentTransition,
    workflowId: deploymentWorkflowId(target),
    id: target.id,
    summary: target.summary,
    priorityKey: target.priority,
    typedSearchAttributes: [
      { key: NAMESPACE, value: target.namespace },
      { key: DEPLOYMENT, value: target.name },
      { key: DESIRED, value: target.desired },
      { key: VERSION, value: target.specVersion },
    ],
  };
}

function toSessionClusterNudge(target: WakeSessionCluster): Nudge {
  return {
    workflow: WORKFLOW.sessionClusterTransition,
    workflowId: sessionClusterWorkflowId(target),
    id: target.id,
    summary: target.summary,
    priorityKey: 2,
    typedSearchAttributes: [{ key: NAMESPACE, value: target.namespace }],
  };
}

/** Wakes through Temporal: signal-with-start per Deployment or SessionCluster, a trigger of the Schedule for the sweep. */
export function createWake({ client, taskQueue }: WakeOptions): Wake {
  const send = (nudge: Nudge): Promise<boolean> =>
    within(async () => {
      const { workflow, id, summary, priorityKey, ...rest } = nudge;
      const options = { ...rest, taskQueue, args: [{ id }], signal: NUDGE_SIGNAL, signalArgs: [], staticSummary: shorten(summary), priority: { priorityKey } };
      const temporal = await client();
      await temporal.withDeadline(Date.now() + LIMIT_MS, () => temporal.workflow.signalWithStart(workflow, options));
    });
  return {
    deployment: (target) => send(toDeploymentNudge(target)),
    sessionCluster: (target) => send(toSessionClusterNudge(target)),
    // A sweep that is open looks all the time, so another one comes after it, and one is enough.
    sweep: () =>
      within(async () => {
        const temporal = await client();
        await temporal.withDeadline(Date.now() + LIMIT_MS, () => temporal.schedule.getHandle(SWEEP_SCHEDULE).trigger('BUFFER_ONE'));
      }),
  };
}
