// Tells an EventBridge bus of changes of state: one event each, of source `drey` and type "Deployment State Change". docs/aws.md shows its detail.
import type { StateChange } from '../domain/state-change.ts';
import { callAmazon } from './amazon.ts';
import type { Config, Variables } from './config.ts';

/** EventBridge takes ten at a time. */
const MANY = 10;
/** A transition goes on meanwhile only after this. */
const LIMIT_MS = 1000;

/** What an activity announces with, where the configuration names a bus. Rejects where the bus did not take every one of them. */
export function eventBusOf({ eventBus: bus }: Config, variables: Variables): { announce?: (changes: readonly StateChange[]) => Promise<void> } {
  if (bus === undefined) return {};
  const announce = async (changes: readonly StateChange[]): Promise<void> => {
    for (let first = 0; first < changes.length; first += MANY) {
      const Entries = changes.slice(first, first + MANY).map((change) => toEntry(bus, change));
      const answer = await callAmazon(variables, { target: 'AWSEvents.PutEvents', body: { Entries }, limitMs: LIMIT_MS });
      if (answer['FailedEntryCount'] === 0) continue;
      throw new Error(`the bus ${bus} did not take ${String(answer['FailedEntryCount'])} of ${Entries.length} events: ${JSON.stringify(answer['Entries'])}`);
    }
  };
  return { announce };
}

function toEntry(bus: string, { id, at, namespace, deploymentId, name, from, to, because, specVersion }: StateChange) {
  const detail = {
    id,
    time: new Date(at).toISOString(),
    namespace,
    deployment: { id: deploymentId, name, specVersion },
    from: from ?? null,
    to: to ?? null,
    because,
  };
  return { EventBusName: bus, Source: 'drey', DetailType: 'Deployment State Change', Time: Math.floor(at / 1000), Detail: JSON.stringify(detail) };
}
