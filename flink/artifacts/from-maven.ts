// Artifacts of Maven repositories, fetched with the ordinary client and kept in the cache by coordinate, so that the next Job of
// the same coordinate costs a link. Versions that may change (SNAPSHOT) are asked for every time.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from '../flink.ts';
import type { MavenCoordinate } from './artifact-uri.ts';
import { later, messageOf, refused, tooLarge } from './refusals.ts';
import { type Environment, MAVEN_IS_MISSING, type MavenOutcome, runMaven } from './run-maven.ts';
import { type Saved, saveStream, TooLarge, type Watch } from './save-stream.ts';

export interface MavenPlace {
  /** Folder of downloads. */
  readonly cache: string;
  readonly environment: Environment;
}

export interface MavenOrder {
  readonly coordinate: MavenCoordinate;
  readonly target: string;
}

interface Context {
  readonly place: MavenPlace;
  readonly watch: Watch;
}

/** Needs the network only the first time. Never throws. */
export async function fetchMaven(order: MavenOrder, place: MavenPlace, watch: Watch): Promise<Answer<Saved>> {
  const changing = order.coordinate.version.endsWith('-SNAPSHOT');
  const folder = join(place.cache, 'artifacts', createHash('sha256').update(nameOf(order.coordinate)).digest('hex').slice(0, 32));
  const kept = changing ? undefined : await readKept(folder);
  if (kept !== undefined) return give(kept, { folder, target: order.target, watch });
  const temporary = join(place.cache, 'artifacts', `.${randomUUID()}`);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    const fetched = await fetchInto(temporary, order.coordinate, { place, watch });
    if (fetched.kind !== 'done') return fetched;
    if (changing) return await give(fetched.value, { folder: temporary, target: order.target, watch });
    await rename(temporary, folder).catch(() => undefined); // another Job may have been faster: its bytes are the same
    return await give((await readKept(folder)) ?? fetched.value, { folder, target: order.target, watch });
  } catch (error) {
    return later(`${nameOf(order.coordinate)} could not be fetched: ${messageOf(error)}`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function nameOf({ group, artifact, version, classifier }: MavenCoordinate): string {
  return `maven:${group}:${artifact}:${version}${classifier === undefined ? '' : `:${classifier}`}`;
}

async function readKept(folder: string): Promise<Saved | undefined> {
  try {
    const saved = JSON.parse(await readFile(join(folder, 'saved.json'), 'utf8')) as Saved;
    const { size } = await stat(join(folder, 'artifact.jar'));
    return size === saved.bytes ? saved : undefined;
  } catch {
    return undefined;
  }
}

async function give(
  saved: Saved,
  { folder, target, watch }: { readonly folder: string; readonly target: string; readonly watch: Watch },
): Promise<Answer<Saved>> {
  if (saved.bytes > watch.maxBytes) return tooLarge('the artifact', watch.maxBytes);
  const kept = join(folder, 'artifact.jar');
  await link(kept, target).catch(() => copyFile(kept, target));
  watch.progress(saved.bytes);
  return { kind: 'done', value: saved };
}

async function fetchInto(folder: string, coordinate: MavenCoordinate, context: Context): Promise<Answer<Saved>> {
  const first = await copyArtifact(context, { folder, coordinate, flags: [] });
  // Maven remembers for a day that it did not find something; asked with -U it looks again.
  const outcome = first.kind === 'refused' ? await copyArtifact(context, { folder, coordinate, flags: ['-U'] }) : first;
  if (outcome.kind === 'missing') return later(`${MAVEN_IS_MISSING}; it fetches ${nameOf(coordinate)}`);
  if (outcome.kind === 'unreachable') return later(outcome.reason);
  if (outcome.kind === 'refused') return refused(`${nameOf(coordinate)} could not be fetched: ${outcome.reason}`);
  return keep(folder, context.watch);
}

interface Copy {
  readonly folder: string;
  readonly coordinate: MavenCoordinate;
  readonly flags: readonly string[];
}

function copyArtifact({ place, watch }: Context, { folder, coordinate, flags }: Copy): Promise<MavenOutcome> {
  const { group, artifact, version, classifier } = coordinate;
  const named = `${group}:${artifact}:${version}:jar${classifier === undefined ? '' : `:${classifier}`}`;
  return runMaven({
    args: [...flags, 'dependency:copy', `-Dartifact=${named}`, `-DoutputDirectory=${join(folder, 'out')}`],
    folder,
    environment: place.environment,
    signal: watch.signal,
  });
}

/** Hashes what Maven copied and notes it, so that the folder can be moved into the cache. */
async function keep(folder: string, watch: Watch): Promise<Answer<Saved>> {
  const [file] = await readdir(join(folder, 'out'));
  if (file === undefined) return refused('Maven reported success but copied nothing');
  const kept = join(folder, 'artifact.jar');
  try {
    const saved = await saveStream(createReadStream(join(folder, 'out', file)), kept, { ...watch, progress: () => undefined });
    await rm(join(folder, 'out'), { recursive: true });
    await writeFile(join(folder, 'saved.json'), JSON.stringify(saved));
    return { kind: 'done', value: saved };
  } catch (error) {
    if (error instanceof TooLarge) return tooLarge(file, watch.maxBytes);
    throw error;
  }
}
