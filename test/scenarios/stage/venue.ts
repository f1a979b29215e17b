// Opens a world for rows to be played in: one platform with its Flinks, shared by many rows, each with Deployments of its own. Says what the
// usual Deployment of a scenario is. Owns what must be closed afterwards.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseId } from '../../../domain/ids.ts';
import type { Policy } from '../../../domain/view.ts';
import { createActor } from './actor.ts';
import { openReal, openSimulated } from './platforms.ts';
import type { Powers } from './powers.ts';
import type { Program } from './program.ts';
import type { Actor, Mode, Stage, Wish, World } from './stage.ts';
import { untilSeen } from './waiting.ts';

export interface Venue {
  /** A stage for one row; `actors` are those that came on it. */
  stage(rowId: string, mode: Mode): { readonly stage: Stage; readonly actors: readonly Actor[] };
  close(): Promise<void>;
}

export async function openVenue(world: World, policy: Partial<Policy> = {}): Promise<Venue> {
  const flinkVersion = world === 'real 2.3.0' ? '2.3.0' : '1.20.0';
  const powers = world === 'simulated' ? await openSimulated(policy) : await openReal(flinkVersion, policy);
  const house: House = { world, flinkVersion, powers, numbers: { last: 0 }, clusters: new Map() };
  return {
    stage: (rowId, mode) => {
      const actors: Actor[] = [];
      return { stage: stageOf(house, { rowId, mode, actors }), actors };
    },
    close: () => powers.close(),
  };
}

interface House {
  readonly world: World;
  readonly flinkVersion: string;
  readonly powers: Powers;
  readonly numbers: { last: number };
  /** Session clusters by the name they were asked for under. */
  readonly clusters: Map<string, Promise<string>>;
}

interface Part {
  readonly rowId: string;
  readonly mode: Mode;
  readonly actors: Actor[];
}

const SHARED = 'shared';

function stageOf(house: House, part: Part): Stage {
  const { world, flinkVersion, powers } = house;
  const deploy: Stage['deploy'] = async (name = 'job', wish = {}) => {
    const actor = await createDeployment(house, wish, { mode: wish.mode ?? part.mode, name: nameFor(house, part, name) });
    part.actors.push(actor);
    return actor;
  };
  return {
    world,
    kind: world === 'simulated' ? 'simulated' : 'real',
    flinkVersion,
    mode: part.mode,
    platform: powers.platform,
    deploy,
    until: (what, look, accepts) => untilSeen(powers.patience, { what, look, accepts }),
    running: async (name, wish) => {
      const actor = await deploy(name, wish);
      await actor.state('RUNNING');
      return actor;
    },
    sessionCluster: (name, flinkConfiguration = {}) => createSessionCluster(house, nameFor(house, part, name), { flinkConfiguration }),
    externalCluster: async (name, flinkConfiguration = {}) => {
      const external = await powers.startExternal(flinkConfiguration);
      const full = await createSessionCluster(house, nameFor(house, part, name), { external: { url: external.url } });
      const { body } = await powers.platform.call('GET', `sessionclusters/${full}`);
      external.adopt(parseId<'SessionClusterId'>(body.metadata.id));
      return full;
    },
  };
}

/** No two rows meet under one name. */
function nameFor({ numbers }: House, { rowId }: Part, name: string): string {
  numbers.last += 1;
  return `${rowId.toLowerCase()}-${numbers.last}-${name}`;
}

interface Billing {
  readonly mode: Mode;
  readonly name: string;
}

async function createDeployment(house: House, wish: Wish, { mode, name }: Billing): Promise<Actor> {
  const { powers } = house;
  const { platform, patience } = powers;
  const folder = join(platform.home, 'told', name);
  await mkdir(folder, { recursive: true });
  const argumentsOf = (program: Program): string => powers.argumentsOf(program, folder);
  const isPlaced = wish.spec !== undefined && ('sessionClusterName' in wish.spec || 'deploymentTargetName' in wish.spec);
  const place = isPlaced ? {} : await placeOf(house, mode, name);
  const template = templateOf(house, wish, argumentsOf(wish.program ?? {}));
  const spec = { state: 'RUNNING', upgradeStrategy: { kind: 'STATEFUL' }, ...place, ...wish.spec, template };
  const metadata = { name, ...(wish.annotations === undefined ? {} : { annotations: wish.annotations }) };
  const { status, body } = await platform.call('POST', 'deployments', { metadata, spec });
  if (status !== 201) throw new Error(`POST of ${name}: ${status} ${JSON.stringify(body)}`);
  const { id } = body.metadata;
  const hands = powers.hands(
    { platform, deploymentId: id, folder, entryClass: powers.entryClass, patience },
    mode === 'session' && !isPlaced && powers.sharesSessions,
  );
  return createActor({ platform, id, name, mode, patience, program: wish.program ?? {}, hands, argumentsOf });
}

async function placeOf(house: House, mode: Mode, name: string): Promise<object> {
  if (mode === 'application') return { deploymentTargetName: 'default' };
  const wanted = house.powers.sharesSessions ? SHARED : `${name}-cluster`;
  const cluster = house.clusters.get(wanted) ?? createSessionCluster(house, wanted);
  house.clusters.set(wanted, cluster);
  return { sessionClusterName: await cluster };
}

async function createSessionCluster({ powers, flinkVersion }: House, name: string, over: object = {}): Promise<string> {
  const { platform, resources, patience } = powers;
  const ofProcesses = resources === undefined ? {} : { resources, numberOfTaskManagers: 1 };
  const own = { deploymentTargetName: 'default', flinkVersion, ...ofProcesses };
  const spec = { state: 'RUNNING', ...('external' in over ? {} : own), ...over };
  const { status, body } = await platform.call('POST', 'sessionclusters', { metadata: { name }, spec });
  if (status !== 201) throw new Error(`POST of the session cluster ${name}: ${status} ${JSON.stringify(body)}`);
  await platform.until(`sessionclusters/${name}`, (cluster) => cluster.status.state === 'RUNNING', patience.limitMs);
  return name;
}

function templateOf({ powers, flinkVersion }: House, wish: Wish, mainArgs: string): object {
  const { platform, entryClass, checkpointInterval, resources } = powers;
  const { checkpoints = 'often' } = wish;
  const interval = { often: checkpointInterval, never: '1h', off: undefined }[checkpoints];
  return {
    spec: {
      artifact: { kind: 'JAR', jarUri: platform.jarUri, entryClass, flinkVersion, mainArgs, ...wish.artifact },
      ...(resources === undefined ? {} : { resources }),
      ...wish.template,
      flinkConfiguration: { ...(interval === undefined ? {} : { 'execution.checkpointing.interval': interval }), ...wish.configuration },
    },
  };
}
