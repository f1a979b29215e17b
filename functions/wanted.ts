// What a document of a user asks for, apart from the spec: its name, labels and annotations, checked against the path it was sent to.
import { DREY_PREFIX } from '../domain/document.ts';
import { sameJson } from '../domain/json.ts';
import { Problem } from './problem.ts';

type Texts = Readonly<Record<string, string>>;

export interface MetadataInput {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly resourceVersion?: number;
}

/** Labels and annotations are replaced as a whole: what is left out is gone. */
export function wantedTexts({ labels = {}, annotations = {} }: MetadataInput): { readonly labels: Texts; readonly annotations: Texts } {
  return { labels, annotations };
}

export function refuseOtherNamespace({ namespace }: MetadataInput, ours: string): void {
  if (namespace === undefined || namespace === '' || namespace === ours) return;
  throw new Problem('invalid', `must be "${ours}", the namespace in the path, or left out`, 'metadata.namespace');
}

/** A name never changes. */
export function refuseOtherName({ name }: MetadataInput, ours: string): void {
  if (name !== undefined && name !== ours) throw new Problem('invalid', `cannot change: it is "${ours}"`, 'metadata.name');
}

/** D10: asked for on PUT only, and only where it is given and not 0. */
export function refuseStale({ resourceVersion = 0 }: MetadataInput, stored: number): void {
  if (resourceVersion === 0 || resourceVersion === stored) return;
  throw new Problem('conflict', `metadata.resourceVersion is ${resourceVersion}, but the stored one is ${stored}: read it again, or leave it out`);
}

/** True when an annotation that tells drey how to treat a resource was added, changed or removed (D25). */
export function instructionsDiffer(before: Texts, after: Texts): boolean {
  const instructions = (texts: Texts): object => Object.fromEntries(Object.entries(texts).filter(([key]) => key.startsWith(DREY_PREFIX)));
  return !sameJson(instructions(before), instructions(after));
}
