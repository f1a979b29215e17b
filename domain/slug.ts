// Names made from free text (D14): lower case, digits and hyphens, at most 63 characters.

const MAX_LENGTH = 63;

/** True for a name that satisfies the rules for Deployments. */
export function isSlug(name: string): boolean {
  return /^[0-9a-z](?:[-0-9a-z]{0,61}[0-9a-z])?$/.test(name);
}

/** A name that satisfies the rules for Deployments; `attempt` 2 and later put a number at the end, for when the name is taken. */
export function toSlug(displayName: string, attempt = 1): string {
  const suffix = attempt === 1 ? '' : `-${attempt}`;
  const plain = displayName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^0-9a-z]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MAX_LENGTH - suffix.length)
    .replace(/-+$/, '');
  return `${plain === '' ? 'deployment' : plain}${suffix}`;
}
