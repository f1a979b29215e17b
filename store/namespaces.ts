// Namespaces: a name, and since when it is there.
import { clockNow, toText } from './columns.ts';
import type { Namespaces } from './store.ts';

export const namespaces: Namespaces = {
  async exists(tx, name) {
    const found = await tx.selectFrom('namespace').select('name').where('name', '=', toText(name)).executeTakeFirst();
    return found !== undefined;
  },
  async ensure(tx, name) {
    await tx
      .insertInto('namespace')
      .values({ name, createdAt: clockNow })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  },
  list: (tx) => tx.selectFrom('namespace').select(['name', 'createdAt']).orderBy('name').execute(),
};
