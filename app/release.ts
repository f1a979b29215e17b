// What a new state of the code owes the Temporal server before its worker polls: search attributes, the sweep's Schedule, and an
// end for runs that no worker will ever continue. Safe to repeat; never touches the store.
import { ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client, Connection, ScheduleOptions } from '@temporalio/client';
import { SEARCH_ATTRIBUTES, SWEEP_SCHEDULE, TASK_QUEUE, WORKFLOW } from '../workflows/contract.ts';
import { endOpenRuns } from './stranded-runs.ts';
import { StartProblem } from './start-problem.ts';
import { CODE, grpcCodeOf } from './temporal-problem.ts';

export interface Release {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  /** Hash of the workflow bundle. */
  readonly hash: string;
  /** How often the sweep starts; tests shorten it. */
  readonly everyMs?: number;
}

/** As Temporal's API numbers the types of search attributes. */
const ATTRIBUTE_TYPE = { KEYWORD: 2, INT: 3 } as const;
const ATTRIBUTES = Object.entries(SEARCH_ATTRIBUTES);
/** Answers of a server that is there and does not do it. */
const REFUSALS: ReadonlySet<number | undefined> = new Set([CODE.permissionDenied, CODE.unimplemented, CODE.invalidArgument, CODE.failedPrecondition]);
const MINUTE_MS = 60_000;
/** A sweep that lost its worker must not block the next ones. */
const SWEEP_LIMIT_MS = 90_000;
const MEMO_KEY = 'dreyBundle';

/**
 * Registers the search attributes that are missing: a start with an unknown one is refused. Where drey may not, as with Temporal Cloud, it is enough that
 * somebody has added them.
 */
async function registerSearchAttributes(release: Release): Promise<void> {
  const { connection, namespace } = release;
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = ATTRIBUTES.filter(([name]) => customAttributes[name] === undefined);
    if (missing.length === 0) return;
    const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, ATTRIBUTE_TYPE[type]]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (!REFUSALS.has(grpcCodeOf(error))) throw error;
    const unknown = await unknownAttributes(release);
    if (unknown.length === 0) return;
    const list = unknown.map(([name, type]) => `${name}=${type === 'INT' ? 'Int' : 'Keyword'}`).join(', ');
    throw new StartProblem(`Temporal namespace ${namespace} lacks search attributes and does not let drey add them (${String(error)}): add ${list} there.`);
  }
}

/** Whoever may only use the namespace learns it from queries: one with an unknown attribute is invalid. */
async function unknownAttributes({ client }: Release): Promise<readonly (typeof ATTRIBUTES)[number][]> {
  const isKnown = await Promise.all(
    ATTRIBUTES.map(([name]) =>
      client.workflow.count(`${name} IS NOT NULL`).then(
        () => true,
        (error: unknown) => {
          if (grpcCodeOf(error) === CODE.invalidArgument) return false;
          throw error;
        },
      ),
    ),
  );
  return ATTRIBUTES.filter((_, i) => !isKnown[i]);
}

function sweepSchedule({ hash, everyMs = MINUTE_MS }: Release) {
  return {
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOW.sweep,
      workflowId: WORKFLOW.sweep,
      taskQueue: TASK_QUEUE,
      args: [],
      workflowRunTimeout: SWEEP_LIMIT_MS,
      staticSummary: 'looks at every cluster and wakes what needs a look',
      memo: { [MEMO_KEY]: hash },
    },
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: everyMs, pauseOnFailure: false },
  } satisfies Omit<ScheduleOptions, 'scheduleId'>;
}

/** Creates or updates the Schedule. Returns the bundle that was released last, undefined the first time. */
async function putSchedule(release: Release): Promise<string | undefined> {
  const handle = release.client.schedule.getHandle(SWEEP_SCHEDULE);
  const schedule = sweepSchedule(release);
  try {
    let last: unknown;
    await handle.update((previous) => {
      last = previous.action.memo?.[MEMO_KEY];
      return { ...previous, ...schedule };
    });
    return typeof last === 'string' ? last : undefined;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await release.client.schedule.create({ scheduleId: SWEEP_SCHEDULE, ...schedule });
    return undefined;
  }
}

/** Prepares the server for this release. Returns the bundle that was released last, undefined the first time. Safe to repeat. */
export async function prepareServer(order: Release): Promise<string | undefined> {
  await registerSearchAttributes(order);
  return putSchedule(order);
}

/**
 * The release of the only worker, which takes the place of the last one: every run that another bundle began is stranded, and is ended, but for those of
 * workers with a build that live beside it. Returns how many were. A sweep left open by a platform that died is ended in any case.
 */
export async function release(order: Release): Promise<number> {
  const last = await prepareServer(order);
  const isNew = last !== undefined && last !== order.hash;
  return endOpenRuns(order, isNew ? Object.values(WORKFLOW) : [WORKFLOW.sweep], `replaced by release ${order.hash}; the next sweep looks again`);
}
