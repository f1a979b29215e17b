// Reads multipart/form-data as it comes, a chunk at a time: finds the one part `file` and hands out its bytes. Stores nothing, and keeps
// no more than a chunk. What is malformed or cut off is a Problem, thrown where the bytes are read.
import { Problem } from './problem.ts';

export interface FormFile {
  readonly filename: string;
  /** To be read to its end: only then is it known that the form was whole. */
  readonly content: AsyncIterable<Uint8Array>;
}

const PART = 'file';
const MAX_PARTS = 50;
const MAX_HEADER_LINES = 20;
const MAX_LINE = 8 * 1024;
const LINE_END = Buffer.from('\r\n');
const DASHES = Buffer.from('--');

function malformed(why: string): Problem {
  return new Problem('invalid', `the form (multipart/form-data) ${why}`);
}

/** The separator of parts that a Content-Type names. */
export function boundaryOf(contentType: string): string {
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed('has no boundary in its Content-Type');
  return boundary;
}

/** Reads up to the beginning of the file. */
export async function readForm(source: AsyncIterable<Uint8Array>, boundary: string): Promise<FormFile> {
  const text = openText(source);
  const mark = Buffer.from(`\r\n--${boundary}`, 'latin1');
  await drain(text.upTo(mark));
  const found = await nextFile(text, mark);
  if (found === undefined) throw malformed(`has no part "${PART}"`);
  return { filename: found, content: contentOf(text, mark) };
}

async function* contentOf(text: Text, mark: Buffer): AsyncGenerator<Uint8Array> {
  yield* text.upTo(mark);
  if ((await nextFile(text, mark)) !== undefined) throw malformed(`has more than one part "${PART}"`);
}

/** Passes over other parts. The name of the next file, or undefined at the end of the form. */
async function nextFile(text: Text, mark: Buffer): Promise<string | undefined> {
  for (let parts = 0; parts < MAX_PARTS; parts += 1) {
    if (await text.isOver()) return undefined;
    if ((await text.line()).trim() !== '') throw malformed('has a boundary in the middle of a line');
    const disposition = await dispositionOf(text);
    if (parameterOf(disposition, 'name') === PART) return filenameOf(disposition);
    await drain(text.upTo(mark));
  }
  throw malformed(`has more than ${MAX_PARTS} parts`);
}

async function dispositionOf(text: Text): Promise<string> {
  let disposition = '';
  for (let lines = 0; lines < MAX_HEADER_LINES; lines += 1) {
    const line = await text.line();
    if (line === '') return disposition;
    if (/^content-disposition:/i.test(line)) disposition = line;
  }
  throw malformed('has a part with too many headers');
}

/** Browsers write a quote as `%22`, others with a backslash before it. */
function parameterOf(disposition: string, name: string): string | undefined {
  const [, quoted, plain] = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, 'i').exec(disposition) ?? [];
  return quoted?.replaceAll(/\\(["\\])/g, '$1').replaceAll('%22', '"') ?? plain;
}

function filenameOf(disposition: string): string {
  const extended = /;\s*filename\*=utf-8'[^']*'([^\s;]+)/i.exec(disposition)?.[1];
  const name = extended === undefined ? parameterOf(disposition, 'filename') : decoded(extended);
  if (name === undefined) throw malformed(`has no filename in its part "${PART}"`);
  return name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed('has a filename that cannot be decoded');
  }
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = content[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
}

interface Text {
  /** What comes before the mark, which is taken away with it. */
  upTo(mark: Buffer): AsyncGenerator<Uint8Array>;
  /** Whether the mark that was just read is the last one. */
  isOver(): Promise<boolean>;
  /** One line without its end, as UTF-8. */
  line(): Promise<string>;
}

/** The first boundary has no line before it, so that one is made up. */
function openText(source: AsyncIterable<Uint8Array>): Text {
  const chunks = source[Symbol.asyncIterator]();
  let kept: Buffer = LINE_END;
  const readMore = async (): Promise<void> => {
    const { done, value } = await chunks.next();
    if (done === true) throw malformed('ends before its last boundary: it was cut off');
    kept = Buffer.concat([kept, value]);
  };
  return {
    async *upTo(mark) {
      for (;;) {
        const at = kept.indexOf(mark);
        const sure = at === -1 ? kept.length - mark.length + 1 : at;
        if (sure > 0) yield kept.subarray(0, sure);
        if (at !== -1) {
          kept = kept.subarray(at + mark.length);
          return;
        }
        kept = kept.subarray(Math.max(0, sure));
        await readMore();
      }
    },
    async isOver() {
      while (kept.length < 2) await readMore();
      return kept.subarray(0, 2).equals(DASHES);
    },
    async line() {
      let at = kept.indexOf(LINE_END);
      while (at === -1 && kept.length <= MAX_LINE) {
        await readMore();
        at = kept.indexOf(LINE_END);
      }
      if (at === -1 || at > MAX_LINE) throw malformed('has a line that is too long');
      const line = kept.subarray(0, at).toString('utf8');
      kept = kept.subarray(at + LINE_END.length);
      return line;
    },
  };
}
