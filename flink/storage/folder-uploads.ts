// Uploaded artifacts in a folder of this machine. What is half written lies aside under a name of its own, so that a reader sees the
// old file or the new one. An upload address is a file, too: taking it away is what makes it good for one use only.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { ARTIFACTS, artifactFolder, MOST_LISTED } from './layout.ts';
import type { ArtifactPlace, UploadedArtifact, UploadedArtifacts } from './storage.ts';

/** How long an upload address is good. */
export const ADDRESS_MS = 3_600_000;

/** `root`: an absolute folder; it need not exist yet. */
export function createFolderUploads(root: string): UploadedArtifacts {
  const aside = join(root, ARTIFACTS, '.uploads');
  const folderOf = (namespace: string): string => join(root, ...artifactFolder(namespace));
  const pathOf = ({ namespace, filename }: ArtifactPlace): string => join(folderOf(namespace), filename);
  return {
    put: (place, content) => put(pathOf(place), { aside, content }),
    list: (namespace) => list(folderOf(namespace)),
    find: (place) => look(pathOf(place), place.filename),
    async remove(place) {
      const found = await look(pathOf(place), place.filename);
      if (found !== undefined) await rm(pathOf(place), { force: true });
      return found;
    },
    async clear(namespace) {
      await rm(folderOf(namespace), { recursive: true, force: true });
      await revoke(aside, namespace);
    },
    async address(place, now) {
      await forgetOld(aside, now);
      const token = randomBytes(32).toString('base64url');
      const expiresAt = now + ADDRESS_MS;
      await writeFile(join(aside, ticketOf(token)), JSON.stringify({ ...place, expiresAt }), { mode: 0o600 });
      return { url: `/drey/v1/uploads/${token}`, expiresAt };
    },
    redeem: (token, now) => redeem(aside, token, now),
  };
}

async function put(path: string, { aside, content }: { readonly aside: string; readonly content: AsyncIterable<Uint8Array> }): Promise<UploadedArtifact> {
  await mkdir(aside, { recursive: true, mode: 0o700 });
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(aside, `${randomUUID()}.part`);
  try {
    await pipeline(Readable.from(content), createWriteStream(temporary, { flags: 'wx', flush: true }));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const { mtimeMs } = await stat(path);
  return artifactAt(path, { name: basename(path), mtimeMs });
}

function artifactAt(path: string, { name, mtimeMs }: { readonly name: string; readonly mtimeMs: number }): UploadedArtifact {
  return { filename: name, uri: pathToFileURL(path).href, createdAt: mtimeMs };
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
  return undefined;
}

async function look(path: string, name: string): Promise<UploadedArtifact | undefined> {
  const seen = await stat(path).catch(unlessMissing);
  return seen?.isFile() === true ? artifactAt(path, { name, mtimeMs: seen.mtimeMs }) : undefined;
}

async function list(folder: string): Promise<readonly UploadedArtifact[]> {
  const entries = (await readdir(folder, { withFileTypes: true }).catch(unlessMissing)) ?? [];
  const names = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink()).map(({ name }) => name);
  const first = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).slice(0, MOST_LISTED);
  const found = await Promise.all(first.map((name) => look(join(folder, name), name)));
  return found.filter((artifact) => artifact !== undefined);
}

/** The token itself is stored nowhere. */
function ticketOf(token: string): string {
  return `${createHash('sha256').update(token).digest('hex')}.ticket`;
}

interface Ticket extends ArtifactPlace {
  readonly expiresAt: number;
}

async function redeem(aside: string, token: string, now: number): Promise<ArtifactPlace | undefined> {
  const ticket = join(aside, ticketOf(token));
  const text = await readFile(ticket, 'utf8').catch(unlessMissing);
  if (text === undefined) return undefined;
  // Of two that come at once, one finds nothing to remove.
  const isOurs = await unlink(ticket).then(
    () => true,
    (error: NodeJS.ErrnoException) => unlessMissing(error) ?? false,
  );
  const { namespace, filename, expiresAt } = JSON.parse(text) as Ticket;
  return isOurs && expiresAt > now ? { namespace, filename } : undefined;
}

/** The addresses of a namespace that goes: another one of its name is somebody else's. */
async function revoke(aside: string, namespace: string): Promise<void> {
  for (const name of (await readdir(aside).catch(unlessMissing)) ?? []) {
    if (!name.endsWith('.ticket')) continue;
    const text = await readFile(join(aside, name), 'utf8').catch(unlessMissing);
    if (text !== undefined && (JSON.parse(text) as Ticket).namespace === namespace) await rm(join(aside, name), { force: true });
  }
}

/** Uploads that a crash cut off, and addresses that nobody used. */
async function forgetOld(aside: string, now: number): Promise<void> {
  await mkdir(aside, { recursive: true, mode: 0o700 });
  for (const name of await readdir(aside)) {
    const seen = await stat(join(aside, name)).catch(unlessMissing);
    if (seen !== undefined && seen.mtimeMs < now - 24 * ADDRESS_MS) await rm(join(aside, name), { force: true });
  }
}
