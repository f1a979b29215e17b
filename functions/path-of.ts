// How messages write a place in a body: `spec.template.spec.kubernetes.pods.envVars[0].name`.

export function pathOf(keys: readonly PropertyKey[]): string | undefined {
  if (keys.length === 0) return undefined;
  return keys.map((key, i) => part(key, i === 0)).join('');
}

function part(key: PropertyKey, first: boolean): string {
  if (typeof key === 'number') return `[${key}]`;
  const name = String(key);
  if (/^[\w-]+$/.test(name)) return first ? name : `.${name}`;
  return `[${JSON.stringify(name)}]`;
}
