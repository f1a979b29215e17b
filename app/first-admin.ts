// The first admin of a platform with authentication: a token that is made once, printed once, and stored as a hash only.
import { ADMIN, hashSecret, newSecret } from '../functions/authenticate.ts';
import type { Store } from '../store/store.ts';

/** `given`: of the operator, who knows it. Its secret where it has to be told, undefined when there is an admin's token already. */
export async function createFirstAdmin(store: Store, given?: string): Promise<string | undefined> {
  const secret = given ?? newSecret();
  const isNew = await store.transaction((tx) => store.apiTokens.insertFirstAdmin(tx, ADMIN, hashSecret(secret)));
  return isNew && given === undefined ? secret : undefined;
}
