// What a store needs before it is used; what a new one begins with: the namespace `default`, and in it a target that runs Flink on this machine. Never brings back what a user removed.
import type { Store } from '../store/store.ts';
import { installationId } from './installation.ts';
import { StartProblem } from './start-problem.ts';

const NAME = 'default';

/** Does nothing once the namespace exists. */
export async function createDefaults(store: Store, { localTargets }: { readonly localTargets: boolean }): Promise<void> {
  await store.transaction(async (tx) => {
    if (await store.namespaces.exists(tx, NAME)) return;
    await store.namespaces.ensure(tx, NAME);
    if (localTargets) await store.deploymentTargets.insert(tx, { namespace: NAME, name: NAME, labels: {}, annotations: {}, spec: { local: {} } });
  });
}

/** Throws a StartProblem when another installation runs the local Flink processes of this database: two of them would start every job twice. */
export async function claimLocalTargets(store: Store, { home, localTargets }: { readonly home: string; readonly localTargets: boolean }): Promise<void> {
  if (!localTargets) return;
  const own = await installationId(home);
  const owner = await store.transaction((tx) => store.claimInstallation(tx, own));
  if (owner === own) return;
  throw new StartProblem(
    'The jobs of this database run on the machine of another installation: start drey there or with its DREY_HOME, or start this one with ' +
      '--local-targets 0. If that data folder is gone for good, run `delete from installation` in the database first.',
  );
}
