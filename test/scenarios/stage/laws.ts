// The invariants of a Deployment that can be seen from outside, whatever was played: looked at after every row. Changes nothing.
import { sameLocation } from '../../../domain/location.ts';
import type { EventName } from '../../../domain/event.ts';
import type { JobDocument } from '../../../domain/job.schema.ts';
import type { Law, Row } from './row.ts';
import { type Actor, Cannot, type Happening } from './stage.ts';

const TERMINAL = ['FAILED', 'TERMINATED', 'FINISHED'];
const CLOSING: readonly EventName[] = [
  'STATE_TRANSITION_IS_COMPLETED',
  'TRANSITIONED_TO_FINISHED_STATE',
  'TOO_MANY_FAILED_JOB_CREATION_ATTEMPTS',
  'TOO_MANY_FAILED_SUSPENSION_ATTEMPTS',
  'GENERAL_FAILURE',
];
/** These may be told as often as somebody waits. */
const REPEATABLE = /^AWAIT/;

/** What is wrong with this Deployment, one sentence each; nothing when all is well. */
export async function brokenLaws(actor: Actor, { breaks = [] }: Pick<Row, 'breaks'>): Promise<readonly string[]> {
  const checks: Readonly<Record<Law, (actor: Actor) => Promise<readonly string[]>>> = { oneJob, recordedFirst, neverEmpty, exactRestore, explained };
  const broken: string[] = [];
  for (const [law, check] of Object.entries(checks)) {
    if (!breaks.includes(law as Law)) for (const sentence of await check(actor)) broken.push(`${actor.name}: ${law}: ${sentence}`);
  }
  return broken;
}

async function oneJob(actor: Actor): Promise<readonly string[]> {
  const live = (await actor.jobs()).filter(({ status }) => !TERMINAL.includes(status.state));
  const flinkJobs = await actor.flink.liveFlinkJobs();
  return [
    ...(live.length > 1 ? [`${live.length} non-terminal Jobs`] : []),
    ...(flinkJobs.length > 1 ? [`${flinkJobs.length} live Flink jobs: ${flinkJobs.join(', ')}`] : []),
  ];
}

async function recordedFirst(actor: Actor): Promise<readonly string[]> {
  const flinkJobs = await actor.flink.liveFlinkJobs();
  const known = new Set((await actor.jobs()).map(({ metadata }) => metadata.id.replaceAll('-', '')));
  return flinkJobs.filter((id) => !known.has(id)).map((id) => `Flink runs ${id}, which no Job recorded`);
}

/** A Job without a restore source although a snapshot was there before it. */
async function neverEmpty(actor: Actor): Promise<readonly string[]> {
  const { spec } = await actor.get();
  if (spec.restoreStrategy?.kind === 'NONE') return [];
  const complete = (await actor.savepoints({ state: 'COMPLETED' })).map(({ metadata }) => metadata.createdAt);
  const isEmpty = ({ spec: { savepointLocation }, metadata }: JobDocument): boolean =>
    savepointLocation === undefined && complete.some((createdAt) => createdAt < metadata.createdAt);
  return (await actor.jobs()).filter(isEmpty).map(({ metadata }) => `Job ${metadata.id} starts empty although there was state`);
}

const UNKNOWN = Symbol('unknown');

function notKnown(error: unknown): typeof UNKNOWN {
  if (error instanceof Cannot) return UNKNOWN;
  throw error;
}

/** Asked of Jobs whose Flink can still answer. */
async function exactRestore(actor: Actor): Promise<readonly string[]> {
  const jobs = await actor.jobs();
  const broken: string[] = [];
  for (const [i, { metadata, spec, status }] of jobs.entries()) {
    if (status.state !== 'STARTED') continue;
    const restored = await actor.flink.restored(i + 1).catch(notKnown);
    if (restored === UNKNOWN) continue;
    const same = restored === undefined ? spec.savepointLocation === undefined : sameLocation(restored, spec.savepointLocation ?? 'nothing');
    if (!same) broken.push(`Job ${metadata.id} was to restore ${spec.savepointLocation}, Flink restored ${restored}`);
  }
  return broken;
}

async function explained(actor: Actor): Promise<readonly string[]> {
  const { status } = await actor.get();
  const happenings = await actor.happenings();
  const count = (names: readonly EventName[]): number => happenings.filter(({ name }) => names.includes(name)).length;
  const [opened, closed] = [count(['STATE_TRANSITION_IS_NEEDED']), count(CLOSING)];
  const isOpen = status.state === 'TRANSITIONING' ? 1 : 0;
  return [
    ...(opened - closed === isOpen ? [] : [`${opened} transitions opened and ${closed} closed in state ${status.state}`]),
    ...repeated(happenings).map((key) => `told twice: ${key}`),
  ];
}

/** Events of one attempt are told once. */
function repeated(happenings: readonly Happening[]): readonly string[] {
  const keys = happenings
    .filter(({ name, jobId, savepointId }) => !REPEATABLE.test(name) && (jobId !== undefined || savepointId !== undefined))
    .map(({ name, jobId, savepointId }) => `${name} of ${savepointId ?? jobId}`);
  return [...new Set(keys.filter((key, i) => keys.indexOf(key) !== i))];
}
