// Who may do what: the role table of vvp.md §1.10, and the roles that somebody has. Decides; knows nothing of HTTP, tokens or time.

export const ROLES = ['viewer', 'editor', 'owner'] as const;
export type Role = (typeof ROLES)[number];

export type Verb = 'List' | 'Get' | 'Create' | 'Update' | 'Delete';

export type Resource =
  | 'ApiToken'
  | 'Artifact'
  | 'Deployment'
  | 'DeploymentDefaults'
  | 'DeploymentTarget'
  | 'Event'
  | 'FlinkUi'
  | 'Job'
  | 'Namespace'
  | 'Savepoint'
  | 'SecretValue'
  | 'SessionCluster';

/** What a request needs: a verb on a resource, to be somebody (`anyone`) or the platform's admin, or nothing at all (`open`). */
export type Access = 'open' | 'anyone' | 'admin' | readonly [Resource, Verb];

const ALL: readonly Verb[] = ['List', 'Get', 'Create', 'Update', 'Delete'];
const READ: readonly Verb[] = ['List', 'Get'];
const NONE: readonly Verb[] = [];

type Row = Readonly<Record<Role | 'admin', readonly Verb[]>>;

const USUAL: Row = { viewer: READ, editor: ALL, owner: ALL, admin: NONE };

const TABLE: Readonly<Record<Resource, Row>> = {
  Artifact: USUAL,
  ApiToken: { viewer: NONE, editor: NONE, owner: ALL, admin: NONE },
  DeploymentDefaults: { viewer: ['Get'], editor: ['Get'], owner: ALL, admin: NONE },
  DeploymentTarget: { viewer: READ, editor: READ, owner: ALL, admin: NONE },
  FlinkUi: USUAL,
  Namespace: { viewer: NONE, editor: NONE, owner: ['Get', 'Update'], admin: ALL },
  SecretValue: { viewer: NONE, editor: ALL, owner: ALL, admin: NONE },
  Deployment: USUAL,
  Event: USUAL,
  Job: USUAL,
  Savepoint: USUAL,
  SessionCluster: USUAL,
};

/** Members of a role in a namespace: `user:<id>`, `group:<name>` or `system:authenticated`. */
export interface RoleBinding {
  readonly role: Role;
  readonly members: readonly string[];
}

/** Who asks. */
export type Principal =
  /** Whoever reaches a server without authentication, which only this machine does: may do everything. */
  | { readonly kind: 'everyone' }
  /** An API token has one role in one namespace. */
  | { readonly kind: 'token'; readonly name: string; readonly namespace: string; readonly role: Role }
  /** Has the roles that namespaces bind to it; an admin has the platform's besides. */
  | { readonly kind: 'user'; readonly id: string; readonly groups: readonly string[]; readonly isAdmin: boolean };

/** As it stands in the audit log. */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case 'everyone':
      return 'anonymous';
    case 'token':
      return principal.name;
    default:
      return `user:${principal.id}`;
  }
}

export interface Place {
  readonly name: string;
  readonly roleBindings: readonly RoleBinding[];
}

/** `place`: the namespace of the request, where it has one that exists. */
export function mayDo(principal: Principal, access: Access, place: Place | undefined): boolean {
  if (access === 'open' || principal.kind === 'everyone' || access === 'anyone') return true;
  const isAdmin = principal.kind === 'user' && principal.isAdmin;
  if (access === 'admin') return isAdmin;
  const [resource, verb] = access;
  const row = TABLE[resource];
  if (isAdmin && row.admin.includes(verb)) return true;
  return place !== undefined && rolesIn(principal, place).some((role) => row[role].includes(verb));
}

function rolesIn(principal: Exclude<Principal, { kind: 'everyone' }>, { name, roleBindings }: Place): readonly Role[] {
  if (principal.kind === 'token') return principal.namespace === name ? [principal.role] : [];
  const memberships = membershipsOf(principal);
  return roleBindings.filter(({ members }) => members.some((member) => memberships.includes(member))).map(({ role }) => role);
}

/** How role bindings and the list of admins may name this user. */
export function membershipsOf({ id, groups }: { readonly id: string; readonly groups: readonly string[] }): readonly string[] {
  return [`user:${id}`, ...groups.map((group) => `group:${group}`), 'system:authenticated'];
}
