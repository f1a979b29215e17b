// Java's stack traces as text: which exceptions, and which one is the reason a person wants to read. Pure; decides nothing.

/** How much of Flink's text is kept, in bytes of UTF-8. */
export const TEXT_LIMIT = 32 * 1024;
const REASON_LIMIT = 500;
const HEAD_SHARE = 0.6;

export interface Cause {
  /** The class with its package; empty when the text names none. */
  readonly type: string;
  /** May have several lines. */
  readonly message: string;
}

const TYPE = /^((?:[\w$]+\.)+[\w$]+)(?:: ?([\s\S]*))?$/;
const NESTED = /^((?:[\w$]+\.)+[\w$]*(?:Exception|Error|Throwable|Failure)): ([\s\S]+)$/;
const FRAME = /^\s*(?:at |\.\.\. \d+ |Suppressed: |<Exception on server side:|End of exception on server side>|Internal server error\.$)|^\s+Caused by: /;

/** Every exception of the chain, outermost first. Frames and suppressed exceptions are left out. */
export function causesOf(text: string): readonly Cause[] {
  const heads: string[] = [];
  let open = true;
  for (const line of text.split('\n')) {
    if (line.startsWith('Caused by: ')) {
      heads.push(line.slice('Caused by: '.length));
      open = true;
    } else if (FRAME.test(line)) {
      open = heads.length === 0;
    } else if (open && line.trim() !== '') {
      if (heads.length === 0) heads.push(line);
      else heads[heads.length - 1] += `\n${line}`;
    }
  }
  return heads.map(toCause);
}

function toCause(head: string): Cause {
  const parts = TYPE.exec(head.trim());
  return parts === null ? { type: '', message: head.trim() } : { type: parts[1] ?? '', message: (parts[2] ?? '').trim() };
}

/** The innermost cause in one sentence, for example "FileNotFoundException: Cannot find checkpoint …". At most 500 characters. */
export function reasonOf(text: string): string {
  const last = causesOf(text).at(-1);
  if (last === undefined) return 'Flink gave no reason';
  const { type, message } = unwrap(last);
  const name = type.slice(type.lastIndexOf('.') + 1);
  const firstLine = message.split('\n', 1)[0]?.trim() ?? '';
  return [name, firstLine]
    .filter((part) => part !== '')
    .join(': ')
    .slice(0, REASON_LIMIT);
}

/** An exception whose message is another exception's text: the other one. */
function unwrap(cause: Cause): Cause {
  const inner = NESTED.exec(cause.message);
  return inner === null ? cause : unwrap({ type: inner[1] ?? '', message: inner[2] ?? '' });
}

/** The text itself, or its beginning and its end (where the innermost cause stands) in at most `limit` bytes. */
export function boundText(text: string, limit: number = TEXT_LIMIT): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= limit) return text;
  const gap = `\n… ${bytes.length - limit} bytes or more left out …\n`;
  const room = limit - Buffer.byteLength(gap);
  const head = Math.floor(room * HEAD_SHARE);
  return whole(bytes.subarray(0, head)) + gap + whole(bytes.subarray(bytes.length - (room - head)));
}

/** Without the halves of characters at both ends; what is left is never longer. */
function whole(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFFFD+|\uFFFD+$/g, '');
}
