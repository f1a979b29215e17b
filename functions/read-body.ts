// Reads the body of a request: JSON or YAML in UTF-8, named by its Content-Type, into plain values.
import { parseJson, parseYaml } from './parse-text.ts';
import { Problem } from './problem.ts';

export const MAX_BODY_BYTES = 1024 * 1024;

const JSON_TYPES = ['application/json'];
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];
const MERGE_PATCH = 'application/merge-patch+json';
const WHAT_TO_SEND = 'send the header "Content-Type: application/json" or "Content-Type: application/yaml"';

/** The part of a Content-Type before its parameters, in lower case; undefined when there is none. */
export function mediaTypeOf(contentType: string | null | undefined): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase();
}

export async function readBody(request: Request): Promise<unknown> {
  const parse = parserFor(request);
  const text = decode(await request.arrayBuffer().catch((error: unknown) => Promise.reject(asCutOff(error))));
  if (text.trim() === '') throw new Problem('invalid', 'the body is empty');
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('invalid', 'the body must be a mapping with fields such as metadata and spec');
  }
  return value;
}

function parserFor(request: Request): (text: string) => unknown {
  const contentType = request.headers.get('content-type');
  const type = mediaTypeOf(contentType);
  if (type === undefined || type === '') throw new Problem('unsupportedMediaType', `the Content-Type is missing: ${WHAT_TO_SEND}`);
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1];
  if (charset !== undefined && !/^(utf-?8|us-ascii)$/i.test(charset)) throw new Problem('unsupportedMediaType', `the charset must be utf-8, not ${charset}`);
  if (JSON_TYPES.includes(type) || (type === MERGE_PATCH && request.method === 'PATCH')) return parseJson;
  if (YAML_TYPES.includes(type)) return parseYaml;
  throw new Problem('unsupportedMediaType', `the Content-Type ${type} is not accepted here: ${WHAT_TO_SEND}`);
}

/** What reading a body throws: a client that goes away half-way, or sends no sound chunks, is nothing that the server did wrong. */
export function asCutOff(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem('invalid', 'the body was cut off');
}

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('invalid', 'the body is not encoded in UTF-8');
  }
}
