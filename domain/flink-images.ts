// Which image runs which version of Flink, where a Deployment does not say (vvp.md §1.2): filled into its spec, so that it stays what it was.
import type { Artifact } from './template.schema.ts';

export interface FlinkImages {
  readonly registry?: string;
  readonly repository?: string;
  /** By Flink version, as Deployments write it. */
  readonly tags: Readonly<Record<string, string>>;
}

/** For the versions that drey itself runs on this machine. No registry: whoever pulls the image has one. */
export const BUILT_IN_IMAGES: FlinkImages = {
  repository: 'flink',
  tags: { '1.20': '1.20.0', '1.20.0': '1.20.0', '2.3': '2.3.0', '2.3.0': '2.3.0' },
};

const IMAGE_FIELDS = ['flinkImageRegistry', 'flinkImageRepository', 'flinkImageTag'] as const;
export type ImageField = (typeof IMAGE_FIELDS)[number];
type Imaged = Readonly<Partial<Record<ImageField | 'flinkVersion', string>>>;

/** The operator's over the built-in ones. */
export function flinkImages({ tags = {}, ...place }: Partial<FlinkImages> = {}): FlinkImages {
  return { ...BUILT_IN_IMAGES, ...place, tags: { ...BUILT_IN_IMAGES.tags, ...tags } };
}

/** What is filled in for this version; nothing for one that is not known. */
function imageFor({ registry, repository, tags }: FlinkImages, version: string | undefined): Readonly<Partial<Record<ImageField, string>>> {
  const tag = version !== undefined && Object.hasOwn(tags, version) ? tags[version] : undefined;
  if (tag === undefined) return {};
  return {
    ...(registry === undefined ? {} : { flinkImageRegistry: registry }),
    ...(repository === undefined ? {} : { flinkImageRepository: repository }),
    flinkImageTag: tag,
  };
}

/** The image fields that say something else than what would be filled in. */
export function ownImageFields(images: FlinkImages, given: Imaged): readonly ImageField[] {
  const filled = imageFor(images, given.flinkVersion);
  return IMAGE_FIELDS.filter((field) => given[field] !== undefined && given[field] !== filled[field]);
}

/**
 * The artifact with its image. `before`: what an edit found. One without an image there keeps none as long as it keeps its version: images are
 * no reason to restart a job. With another version, what had been filled in for the old one makes place for what belongs to the new one.
 */
export function withImage(images: FlinkImages, artifact: Artifact, before?: Artifact): Artifact {
  const isSameVersion = before !== undefined && before.flinkVersion === artifact.flinkVersion;
  if (isSameVersion && IMAGE_FIELDS.every((field) => before[field] === undefined)) return artifact;
  const stale = before === undefined || isSameVersion ? {} : imageFor(images, before.flinkVersion);
  const kept = Object.entries(artifact).filter(([field, value]) => !(isImageField(field) && before?.[field] === value && stale[field] === value));
  return { ...imageFor(images, artifact.flinkVersion), ...Object.fromEntries(kept) } as Artifact;
}

function isImageField(field: string): field is ImageField {
  return (IMAGE_FIELDS as readonly string[]).includes(field);
}
