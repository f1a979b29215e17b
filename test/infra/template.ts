// Questions to a CloudFormation template.

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

export interface Granted {
  /** The resource that holds the policy. */
  readonly of: string;
  readonly type: string;
  readonly action: string;
  /** As JSON. */
  readonly on: string;
}

export function allOf({ Resources }: Template, type: string): readonly Resource[] {
  return Object.values(Resources).filter((each) => each.Type === type);
}

/** Throws unless there is exactly one whose logical id begins so. */
export function theOne({ Resources }: Template, type: string, beginning = ''): Resource {
  const found = Object.entries(Resources).filter(([id, each]) => each.Type === type && id.startsWith(beginning));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} resources of ${type} begin with "${beginning}"`);
  return only[1];
}

function documentsIn(value: unknown): readonly (readonly Statement[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const statements: unknown = Reflect.get(value, 'Statement');
  if (Array.isArray(statements)) return [statements as readonly Statement[]];
  return Object.values(value).flatMap(documentsIn);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Every pair of an action and a resource that any policy of the template allows; who may assume a role is none. */
export function grantedBy({ Resources }: Template): readonly Granted[] {
  return Object.entries(Resources).flatMap(([of, { Type: type, Properties }]) =>
    documentsIn(Properties)
      .flat()
      .filter(({ Effect, Resource }) => Effect === 'Allow' && Resource !== undefined)
      .flatMap(({ Action, Resource }) =>
        listOf(Action).flatMap((action) => listOf(Resource).map((on) => ({ of, type, action: String(action), on: JSON.stringify(on) }))),
      ),
  );
}

/** What a role's own policy allows. */
export function allowedTo(template: Template, policy: string): readonly string[] {
  const own = grantedBy(template).filter(({ of, type }) => type === 'AWS::IAM::Policy' && of.startsWith(policy));
  return [...new Set(own.map(({ action }) => action))].sort();
}

type Environment = Readonly<Record<string, unknown>>;

/** What each function and each task is told, by its logical id. */
export function environmentsOf({ Resources }: Template): ReadonlyMap<string, Environment> {
  return new Map(
    Object.entries(Resources).flatMap(([id, { Type, Properties }]): (readonly [string, Environment])[] => {
      if (Type === 'AWS::Lambda::Function') return [[id, (Properties['Environment'] as { readonly Variables?: Environment } | undefined)?.Variables ?? {}]];
      if (Type !== 'AWS::ECS::TaskDefinition') return [];
      const [container] = Properties['ContainerDefinitions'] as { readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[] }[];
      return [[id, Object.fromEntries((container?.Environment ?? []).map(({ Name, Value }) => [Name, Value]))]];
    }),
  );
}
