// What a new store begins with: the namespace `default`, and in it a target that runs Flink on this machine. Never brings back what a user removed.
import type { Store } from '../store/store.ts';

const NAME = 'default';

/** Does nothing once the namespace exists. */
export async function createDefaults(store: Store, { localTargets }: { readonly localTargets: boolean }): Promise<void> {
  await store.transaction(async (tx) => {
    if (await store.namespaces.exists(tx, NAME)) return;
    await store.namespaces.ensure(tx, NAME);
    if (localTargets) await store.deploymentTargets.insert(tx, { namespace: NAME, name: NAME, labels: {}, annotations: {}, spec: { local: {} } });
  });
}
