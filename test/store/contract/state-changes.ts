// Changes of state: noted with what changed them, in order, told at least once under one id.
import { describe, expect, it } from 'vitest';
import { announceChanges } from '../../../activities/announce-changes.ts';
import type { ActivityDeps } from '../../../activities/deps.ts';
import type { Deployment } from '../../../domain/deployment.ts';
import type { StateChange } from '../../../domain/state-change.ts';
import type { Store } from '../../../store/store.ts';
import { storeDeployment } from '../samples.ts';

export function stateChangesContract(store: () => Store): void {
  const errors: unknown[] = [];
  const announceWith = (announce?: ActivityDeps['announce']): Promise<void> =>
    announceChanges({ store: store(), log: { error: (context: object) => errors.push(context) }, ...(announce && { announce }) } as unknown as ActivityDeps);

  /** All that was not told yet, and is of this Deployment. */
  async function told({ id }: Deployment): Promise<readonly StateChange[]> {
    const heard: StateChange[] = [];
    await announceWith(async (changes) => void heard.push(...changes));
    return heard.filter(({ deploymentId }) => deploymentId === id);
  }

  const become = ({ id, status }: Deployment, state: 'RUNNING' | 'FAILED', because: string) =>
    store().transaction((tx) => store().deployments.record(tx, id, { status: { ...status, state, because } }));

  describe('changes of state', () => {
    it('are creation, each other state, and deletion, in the order in which they happened', async () => {
      const deployment = await storeDeployment(store());
      await become(deployment, 'RUNNING', 'the job runs');
      await become(deployment, 'RUNNING', 'the job still runs');
      await become(deployment, 'FAILED', 'cut in half: \ud83d and \0');
      await store().transaction((tx) => store().deployments.delete(tx, deployment.id));
      const seen = await told(deployment);
      expect(seen.map(({ from, to, because }) => [from, to, because])).toEqual([
        [undefined, deployment.status.state, deployment.status.because],
        [deployment.status.state, 'RUNNING', 'the job runs'],
        ['RUNNING', 'FAILED', 'cut in half: \uFFFD and \uFFFD'],
        ['FAILED', undefined, 'deleted'],
      ]);
      expect(seen[0]).toMatchObject({ namespace: deployment.namespace, name: deployment.name, specVersion: 1 });
      expect(await told(deployment)).toEqual([]);
    });

    it('that could not be told are told later, under the same id', async () => {
      await announceWith();
      const deployment = await storeDeployment(store());
      const first: StateChange[] = [];
      await announceWith((changes) => {
        first.push(...changes);
        return Promise.reject(new Error('the bus is away'));
      });
      expect(errors).toHaveLength(1);
      expect(await told(deployment)).toEqual(first);
    });

    it('are dropped where nobody wants to know', async () => {
      const deployment = await storeDeployment(store());
      await announceWith();
      expect(await told(deployment)).toEqual([]);
    });

    it('of which there are many are told all', async () => {
      const deployment = await storeDeployment(store());
      for (let i = 0; i < 60; i += 1) {
        await become(deployment, 'RUNNING', 'up');
        await become(deployment, 'FAILED', 'down');
      }
      expect(await told(deployment)).toHaveLength(121);
    });
  });
}
