// The envelope of lists (vvp.md §4.1, D5). Knows no pages.

export function toList<const Kind extends string, Item>(kind: Kind, items: readonly Item[]) {
  return { kind: `${kind}List` as const, apiVersion: 'v1' as const, metadata: {}, items: [...items] };
}
