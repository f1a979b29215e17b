// The first admin of a platform with authentication: a token that is made once, printed once, and stored as a hash only.
import { ADMIN, hashSecret, newSecret } from '../functions/authenticate.ts';
import type { Store } from '../store/store.ts';

/** Its secret, or undefined when there is an admin's token already. */
export async function createFirstAdmin(store: Store): Promise<string | undefined> {
  const secret = newSecret();
  const isNew = await store.transaction((tx) => store.apiTokens.insertFirstAdmin(tx, ADMIN, hashSecret(secret)));
  return isNew ? secret : undefined;
}
