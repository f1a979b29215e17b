// The one way by which activities reach what may repeat a secret value: Flink's REST, its processes and the fetching of artifacts, each on
// behalf of a Job or session cluster. What is sent holds the values, what comes back does not; nothing that was filled in is ever kept.
// `test/activities/discretion.test.ts` sees to it that no other activity goes around it.
import type { JobId, SessionClusterId } from '../domain/ids.ts';
import { createMask, type Mask } from '../domain/mask.ts';
import { misplacedSecret, secretNamesIn, type SecretOwner, withSecrets } from '../domain/secret-value.ts';
import type { Answer, ApplicationOrder, ClusterOrder, Flink, FlinkRest, LocalClusterId, Sighting } from '../flink/flink.ts';
import type { ActivityDeps } from './deps.ts';
import { type Configuration, type Discretion, maskedAnswer, maskedRest, tell } from './masked-rest.ts';

type Fetch = Flink['artifacts']['fetch'];

export interface OwnFlink {
  rest(url: string): FlinkRest;
  externalRest(url: string): FlinkRest;
  observe(id: LocalClusterId): Promise<Sighting>;
  startApplication(id: JobId, order: ApplicationOrder): Promise<Answer<true>>;
  startSession(id: SessionClusterId, incarnation: number, order: ClusterOrder): Promise<Answer<true>>;
  fetch: Fetch;
  /** Whether every value that a configuration names is there. */
  check(configuration: Configuration): Promise<Answer<true>>;
}

export function flinkOf(deps: ActivityDeps, owner: SecretOwner): OwnFlink {
  const { local } = deps.flink;
  const discretion = createDiscretion(deps, owner);
  const start = async <Order extends ClusterOrder>(
    id: LocalClusterId,
    order: Order,
    begin: (filled: Order) => Promise<Answer<true>>,
  ): Promise<Answer<true>> => {
    const filled = await discretion.fillConfiguration(order.flinkConfiguration);
    if (filled.kind === 'done') return maskedAnswer(discretion, await begin({ ...order, flinkConfiguration: filled.value }));
    // Started before, by an attempt that still found the value: then it runs, and a refusal would say that it never did.
    return (await local.observe(id)).kind === 'neverStarted' ? filled : { kind: 'done', value: true };
  };
  return {
    rest: (url) => maskedRest(deps.flink.rest(url), discretion),
    externalRest: (url) => maskedRest(deps.flink.externalRest(url), discretion),
    async observe(id) {
      const seen = await local.observe(id);
      return seen.kind === 'gone' ? { ...seen, logTail: await tell(discretion, seen.logTail) } : seen;
    },
    startApplication: (jobId, order) => start({ kind: 'job', jobId }, order, (filled) => local.startApplication(jobId, filled)),
    startSession: (sessionClusterId, incarnation, order) =>
      start({ kind: 'session', sessionClusterId, incarnation }, order, (filled) => local.startSession(sessionClusterId, incarnation, filled)),
    async fetch({ jobId, namespace, uri, additionalDependencies }, signal, progress) {
      const shown = [uri, ...additionalDependencies];
      const filled = await fillAddresses(deps, owner, shown);
      if (filled.kind !== 'done') return filled;
      const [jar = uri, ...dependencies] = filled.value;
      const order = { jobId, namespace, uri: jar, additionalDependencies: dependencies, shown };
      return maskedAnswer(discretion, await deps.flink.artifacts.fetch(order, signal, progress));
    },
    async check(configuration) {
      const filled = await discretion.fillConfiguration(configuration);
      return filled.kind === 'done' ? { kind: 'done', value: true } : filled;
    },
  };
}

/** The values are read only once there is a text to hide them in. */
function createDiscretion(deps: ActivityDeps, owner: SecretOwner): Discretion {
  const { store } = deps;
  let mask: Promise<Mask> | undefined;
  return {
    async hide(text) {
      if (text === '') return text;
      mask ??= store.secretValues.echoesOf(store.read, owner).then(createMask);
      return (await mask).hide(text);
    },
    fillConfiguration: (configuration) => fillConfiguration(deps, owner, configuration),
  };
}

async function fillConfiguration(deps: ActivityDeps, owner: SecretOwner, configuration: Configuration): Promise<Answer<Configuration>> {
  const fault = misplacedSecret(configuration);
  if (fault !== undefined) return rejected(fault);
  const values = await valuesFor(deps, owner, Object.values(configuration));
  if (values.kind !== 'done') return values;
  return { kind: 'done', value: Object.fromEntries(Object.entries(configuration).map(([key, text]) => [key, withSecrets(text, values.value)])) };
}

async function fillAddresses(deps: ActivityDeps, owner: SecretOwner, addresses: readonly string[]): Promise<Answer<readonly string[]>> {
  const values = await valuesFor(deps, owner, addresses);
  if (values.kind !== 'done') return values;
  const filled = addresses.map((address) => withSecrets(address, values.value));
  if (filled.some((address, i) => address !== addresses[i] && /^maven:/i.test(address)))
    return rejected('a maven: address cannot hold a secret value: it would stand on the command line of Maven');
  return { kind: 'done', value: filled };
}

/** Every value that the texts name. */
async function valuesFor({ store }: ActivityDeps, { namespace }: SecretOwner, texts: readonly string[]): Promise<Answer<ReadonlyMap<string, string>>> {
  const values = new Map<string, string>();
  for (const name of secretNamesIn(texts)) {
    const found = await store.secretValues.find(store.read, namespace, name);
    if (found === undefined) return rejected(`secret value "${name}" does not exist in namespace "${namespace}"`);
    if (found.value === undefined)
      return { kind: 'unavailable', reason: `secret value "${name}" was encrypted with a key that is not configured`, mayHaveArrived: false };
    values.set(name, found.value);
  }
  return { kind: 'done', value: values };
}

function rejected(reason: string): Answer<never> {
  return { kind: 'rejected', status: 0, reason, text: reason };
}
