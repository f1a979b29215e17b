// What a document of a user may hold besides what the user decides: nulls and what the server owns (D6, D17). Pure; never touches its input.

type Mapping = Readonly<Record<string, unknown>>;

/** Fields below `kubernetes` that hold Kubernetes' own objects: stored as they come, numbers as numbers and nulls as nulls. */
export const PASSED_ON: ReadonlySet<string> = new Set([
  'affinity',
  'tolerations',
  'securityContext',
  'volume',
  'volumeMount',
  'valueFrom',
  'jobManagerPodTemplate',
  'taskManagerPodTemplate',
]);

/** Maps whose keys are the user's own words: a null in them is a mistake, not an absent field. */
const MAPS: ReadonlySet<string> = new Set(['labels', 'annotations', 'nodeSelector', 'flinkConfiguration', 'log4jLoggers']);

/** Annotations with this start are written by the server only (vvp.md §1.1). */
export const SERVER_PREFIX = 'com.dataartisans.appmanager.controller.';

/** drey's own annotation that says what it is doing or waiting for. */
export const BECAUSE = 'drey.dev/because';

/** Annotations with this start tell drey how to treat a Deployment: a change of one calls for a new look (D25). */
export const DREY_PREFIX = 'drey.dev/';

const SERVER_OWNED: ReadonlySet<string> = new Set(['id', 'createdAt', 'modifiedAt', 'terminatedAt']);

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isServerAnnotation(key: string): boolean {
  return key.startsWith(SERVER_PREFIX) || key === BECAUSE;
}

/** A field given as null counts as left out, except where null is a value or a mistake. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMapping(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(kept.map(([key, field]) => [key, MAPS.has(key) || PASSED_ON.has(key) ? field : withoutNulls(field)]));
}

/** No `status`, no server-owned metadata; `also` names further keys that are the server's for this kind. */
export function withoutServerOwned(document: unknown, also: readonly string[] = []): unknown {
  if (!isMapping(document)) return document;
  const rest = without(document, (key) => key === 'status');
  return inMetadata(rest, (metadata) => without(metadata, (key) => SERVER_OWNED.has(key) || also.includes(key)));
}

/** No annotations that only the server writes. */
export function withoutServerAnnotations(document: unknown): unknown {
  if (!isMapping(document)) return document;
  return inMetadata(document, (metadata) => {
    const { annotations } = metadata;
    return isMapping(annotations) ? { ...metadata, annotations: without(annotations, isServerAnnotation) } : metadata;
  });
}

function inMetadata(document: Mapping, change: (metadata: Mapping) => Mapping): Mapping {
  const { metadata } = document;
  return isMapping(metadata) ? { ...document, metadata: change(metadata) } : document;
}

function without(mapping: Mapping, drop: (key: string) => boolean): Mapping {
  return Object.fromEntries(Object.entries(mapping).filter(([key]) => !drop(key)));
}
