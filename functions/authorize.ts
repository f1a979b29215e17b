// Whether this principal may do this here. What one may not see does not exist for one: a namespace that is not there is refused like one without a role.
import type { Access, Principal } from '../domain/access.ts';
import { mayDo, nameOf } from '../domain/access.ts';
import type { FunctionDeps } from './deps.ts';
import { Problem } from './problem.ts';

export interface Wanted {
  readonly access: Access;
  /** The namespace in the path, where there is one. */
  readonly namespace?: string;
  /** Makes something in it. */
  readonly isMaking: boolean;
}

/** Throws a Problem: `forbidden`, or for those who may look, `notFound`; `conflict` where the namespace takes nothing new. */
export async function authorize({ store }: FunctionDeps, principal: Principal, { access, namespace, isMaking }: Wanted): Promise<void> {
  const place = namespace === undefined ? undefined : await store.namespaces.find(store.read, namespace);
  if (!mayDo(principal, access, place)) throw refusal(principal, access, namespace);
  if (namespace === undefined) return;
  if (place === undefined) throw new Problem('notFound', `there is no namespace "${namespace}"`);
  if (isMaking && place.terminatingSince !== undefined)
    throw new Problem('conflict', `namespace "${namespace}" is being deleted: nothing can be created or changed in it`);
}

function refusal(principal: Principal, access: Access, namespace: string | undefined): Problem {
  const wish = typeof access === 'string' ? 'do this: it is for the admins of the platform' : `${access[1].toLowerCase()} ${access[0]} resources`;
  return new Problem('forbidden', `${nameOf(principal)} may not ${wish}${namespace === undefined ? '' : ` in namespace "${namespace}"`}`);
}
