// Takes one file out of a zip archive on disk. Reads only what it needs; never writes outside the path it is given.
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly headerAt: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
/** The end record is 22 bytes and may be followed by a comment of up to 64 KiB. */
const LONGEST_TAIL = 22 + 65_535;

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function readDirectory(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const start = Math.max(0, size - LONGEST_TAIL);
  const tail = await readAt(file, start, size - start);
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === END_OF_DIRECTORY) return await readAt(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
  }
  throw new Error('not a zip archive');
}

function parseDirectory(directory: Buffer): readonly Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const [nameLength, extra, comment] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30), directory.readUInt16LE(at + 32)];
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      headerAt: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

async function locate(archive: string, name: string): Promise<Entry & { readonly dataAt: number }> {
  const file = await open(archive, 'r');
  try {
    const entry = parseDirectory(await readDirectory(file)).find((each) => each.name === name);
    if (!entry || ![STORED, DEFLATED].includes(entry.method)) throw new Error(`${name} is not in ${archive}`);
    const header = await readAt(file, entry.headerAt, 30);
    return { ...entry, dataAt: entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28) };
  } finally {
    await file.close();
  }
}

/** Writes the archive's file `name` to `target`. Throws when it is not there or not whole. */
export async function unzipOne(archive: string, name: string, target: string): Promise<void> {
  const entry = await locate(archive, name);
  const source = createReadStream(archive, { start: entry.dataAt, end: entry.dataAt + entry.packed - 1 });
  const sink = createWriteStream(target);
  await (entry.method === STORED ? pipeline(source, sink) : pipeline(source, createInflateRaw(), sink));
  if (sink.bytesWritten !== entry.size) throw new Error(`${name} in ${archive} is damaged`);
}
