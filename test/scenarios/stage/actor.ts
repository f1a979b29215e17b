// One Deployment on the stage, as a client of the API sees it. Knows nothing of Flink; lists are oldest first.
import { deploymentWorkflowId } from '../../../workflows/contract.ts';
import type { DeploymentDocument } from '../../../domain/deployment.schema.ts';
import type { EventDocument } from '../../../domain/event.schema.ts';
import type { JobDocument } from '../../../domain/job.schema.ts';
import type { SavepointDocument } from '../../../domain/savepoint.schema.ts';
import type { TestPlatform } from '../../fixtures/a-platform.ts';
import type { Program } from './program.ts';
import type { Actor, Answer, Condition, Hands, Mode, SavepointFilter } from './stage.ts';
import { type Patience, untilSeen } from './waiting.ts';

export interface ActorOrder {
  readonly platform: TestPlatform;
  readonly id: string;
  readonly name: string;
  readonly mode: Mode;
  readonly patience: Patience;
  readonly program: Program;
  readonly hands: Hands;
  /** The program as arguments of this world. */
  readonly argumentsOf: (program: Program) => string;
}

const BECAUSE = 'drey.dev/because';

export function createActor(order: ActorOrder): Actor {
  const { platform, id, name, mode, hands } = order;
  const reading = readingOf(order);
  const transitions = (): ReturnType<Actor['transitions']> => transitionsOf(platform, { id, name });
  return {
    id,
    name,
    mode,
    flink: hands,
    ...reading,
    ...askingOf(order),
    ...waitingOf(order, reading),
    transitions,
    atRest: async () => {
      const what = 'to have no transition under way';
      await untilSeen(order.patience, { what, look: transitions, accepts: (runs) => runs.length > 0 && runs.every(({ status }) => status !== 'RUNNING') });
    },
  };
}

type Reading = Pick<Actor, 'get' | 'jobs' | 'job' | 'savepoints' | 'events' | 'happenings' | 'conditions' | 'because' | 'story'>;

function readingOf({ platform, id, name }: ActorOrder): Reading {
  const read = async <T>(path: string): Promise<T> => {
    const { status, body } = await platform.call('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  };
  const list = async <T>(path: string): Promise<readonly T[]> =>
    (await read<{ readonly items: readonly T[] }>(`${path}?deploymentId=${id}`)).items.toReversed();
  const get = (): Promise<DeploymentDocument> => read(`deployments/${name}`);
  const jobs = (): Promise<readonly JobDocument[]> => list('jobs');
  const savepoints = async (filter: SavepointFilter = {}): Promise<readonly SavepointDocument[]> =>
    (await list<SavepointDocument>('savepoints')).filter((savepoint) => fits(savepoint, filter));
  const happenings: Actor['happenings'] = async () =>
    (await list<EventDocument>('events')).map(({ metadata, spec }) => ({ ...metadata, message: spec.message }));
  return {
    get,
    jobs,
    savepoints,
    happenings,
    job: async (n) => nth(await jobs(), n),
    events: async () => (await happenings()).map((event) => event.name),
    conditions: async () => conditionsOf(await get()),
    because: async () => (await get()).metadata.annotations[BECAUSE] ?? '',
    story: async () =>
      [
        `${name} is ${(await get()).status.state}: ${(await get()).metadata.annotations[BECAUSE] ?? ''}`,
        ...(await jobs()).map(({ metadata, status, spec }, i) => `J${i + 1} ${metadata.id} ${status.state} from ${spec.savepointLocation ?? 'nothing'}`),
        ...(await savepoints()).map(({ metadata, status, spec }) => `${metadata.origin} ${status.state} ${spec.savepointLocation ?? ''}`),
        ...(await happenings()).map((event) => `  ${event.name} ${event.message}`),
      ].join('\n'),
  };
}

function fits({ metadata, status }: SavepointDocument, { origin, state, jobId }: SavepointFilter): boolean {
  return [
    [origin, metadata.origin],
    [state, status.state],
    [jobId, metadata.jobId],
  ].every(([wanted, found]) => wanted === undefined || wanted === found);
}

function nth(jobs: readonly JobDocument[], n: number): JobDocument {
  const job = jobs[n - 1];
  if (job === undefined) throw new Error(`there is no J${n}, only ${jobs.length} Jobs`);
  return job;
}

function conditionsOf({ status }: DeploymentDocument): readonly Condition[] {
  return status.conditions;
}

type Asking = Pick<Actor, 'patch' | 'upgrade' | 'annotate' | 'want' | 'ask' | 'askForSavepoint'>;

function askingOf({ platform, id, name, program: first, argumentsOf }: ActorOrder): Asking {
  let program = first;
  const ask: Actor['ask'] = (method, path = '', body) => platform.call(method, `deployments/${name}${path}`, body) as Promise<Answer>;
  const change = async (document: object): Promise<Answer> => {
    const answer = await ask('PATCH', '', document);
    if (answer.status !== 200) throw new Error(`PATCH of ${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  return {
    ask,
    patch: (spec) => change({ spec }),
    upgrade: async (next = {}) => {
      program = { ...program, version: (program.version ?? 1) + 1, ...next };
      await change({ spec: { template: { spec: { artifact: { mainArgs: argumentsOf(program) } } } } });
    },
    annotate: async (annotations) => void (await change({ metadata: { annotations } })),
    want: async (state) => void (await change({ spec: { state } })),
    askForSavepoint: (spec) => platform.call('POST', 'savepoints', { metadata: { deploymentId: id }, ...(spec === undefined ? {} : { spec }) }),
  };
}

type Waiting = Pick<Actor, 'state' | 'until' | 'untilJobs' | 'runs' | 'untilSavepoints' | 'untilEvent' | 'untilCondition'>;

function waitingOf({ patience }: ActorOrder, { get, jobs, savepoints, events }: Reading): Waiting {
  const wait = <T>(what: string, look: () => Promise<T>, accepts: (seen: T) => boolean): Promise<T> => untilSeen(patience, { what, look, accepts });
  const until: Actor['until'] = (what, wanted) => wait(what, get, wanted);
  return {
    until,
    state: (wanted) => until(`to be ${wanted}`, ({ status }) => status.state === wanted),
    untilJobs: (what, wanted) => wait(what, jobs, wanted),
    untilSavepoints: (what, wanted) => wait(what, () => savepoints(), wanted),
    runs: async (n) => {
      const seen = await wait(
        `to run J${n}`,
        async () => ({ state: (await get()).status, job: (await jobs())[n - 1] }),
        ({ state, job }) => {
          return job?.status.state === 'STARTED' && state.state === 'RUNNING' && state.running?.jobId === job.metadata.id;
        },
      );
      if (seen.job === undefined) throw new Error('seen, and not there');
      return seen.job;
    },
    untilEvent: async (name, times = 1) => {
      await wait(`for ${name}`, events, (names) => names.filter((each) => each === name).length >= times);
    },
    untilCondition: async (type, status, reason) => {
      const fitting = (seen: DeploymentDocument) =>
        conditionsOf(seen).find((c) => c.type === type && c.status === status && (reason === undefined || c.reason === reason));
      const seen = fitting(await until(`for ${type} ${status} ${reason ?? ''}`, (deployment) => fitting(deployment) !== undefined));
      if (seen === undefined) throw new Error('seen, and not there');
      return seen;
    },
  };
}

async function transitionsOf(platform: TestPlatform, { id, name }: { readonly id: string; readonly name: string }): ReturnType<Actor['transitions']> {
  const workflowId = deploymentWorkflowId({ namespace: 'default', name, id });
  const found: { readonly runId: string; readonly status: string }[] = [];
  for await (const { runId, status } of platform.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) found.push({ runId, status: status.name });
  return found.toReversed();
}
