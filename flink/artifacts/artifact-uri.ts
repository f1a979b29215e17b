// What a jarUri or an additional dependency names, as a value. Reads nothing; a text that names nothing we can fetch is one sentence.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseS3 } from '../storage/s3-location.ts';
import type { S3Place } from '../storage/s3.ts';

export interface MavenCoordinate {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  readonly classifier?: string;
}

export type ArtifactSource =
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  | { readonly kind: 'http'; readonly url: URL; readonly name: string }
  | { readonly kind: 's3'; readonly place: S3Place; readonly name: string }
  | { readonly kind: 'maven'; readonly coordinate: MavenCoordinate; readonly name: string };

const SCHEMES = 'file:, http:, https:, s3: and maven: work here';
const MAVEN_FORM = 'maven:<group>:<artifact>:<version>, and a classifier after another ":" where there is one';
/** Every part begins with a letter or digit, so that none can be taken for an option. */
const PART = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}$/;

/** The source that `uri` names, or one sentence that says why there is none. The sentence holds no password. */
export function parseArtifactUri(uri: string): ArtifactSource | string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(uri)?.[1]?.toLowerCase();
  switch (scheme) {
    case 'file':
      return parseFile(uri);
    case 'http':
    case 'https':
      return parseHttp(uri);
    case 's3':
    case 's3a':
    case 's3p':
      return parseObject(uri);
    case 'maven':
      return parseMaven(uri);
    case undefined:
      return `"${withoutPassword(uri)}" has no scheme: ${SCHEMES}`;
    default:
      return `artifacts cannot be fetched from ${scheme}: ${SCHEMES}`;
  }
}

function parseFile(uri: string): ArtifactSource | string {
  try {
    const path = fileURLToPath(uri);
    return { kind: 'file', path, name: safeName(basename(path)) };
  } catch {
    return `"${uri}" is no address of a local file: it must look like file:///folder/job.jar`;
  }
}

function parseHttp(uri: string): ArtifactSource | string {
  if (!URL.canParse(uri)) return `"${withoutPassword(uri)}" is no address`;
  const url = new URL(uri);
  if (!isEncoded(url.username) || !isEncoded(url.password))
    return `"${withoutPassword(uri)}" has a user name or password that is not percent-encoded UTF-8: a "%" is written as %25`;
  return { kind: 'http', url, name: safeName(basename(url.pathname)) };
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function parseObject(uri: string): ArtifactSource | string {
  const place = parseS3(uri);
  if (place === undefined || /^$|\/$|(^|\/)\.{1,2}\//.test(place.key)) {
    return `"${withoutPassword(uri)}" is no address of an object in S3: it must look like s3://bucket/folder/job.jar`;
  }
  return { kind: 's3', place, name: safeName(basename(place.key)) };
}

function parseMaven(uri: string): ArtifactSource | string {
  const parts = uri.slice('maven:'.length).split(':');
  const [group, artifact, version, classifier] = parts;
  if (parts.length > 4 || !group || !artifact || !version || !parts.every((part) => PART.test(part))) {
    return `"${withoutPassword(uri)}" is no Maven coordinate: it must look like ${MAVEN_FORM}`;
  }
  const file = `${artifact}-${version}${classifier === undefined ? '' : `-${classifier}`}.jar`;
  return { kind: 'maven', coordinate: { group, artifact, version, ...(classifier !== undefined && { classifier }) }, name: safeName(file) };
}

/** A file name that means the same everywhere and never leaves its folder. */
function safeName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_.-]/g, '_').replace(/^[.-]+/, '');
  return plain === '' ? 'artifact' : plain.slice(-120);
}

/** The text without user name, password and query of an address. */
export function withoutPassword(text: string): string {
  return text.replace(/(\/\/)[^/?#\s]*@/g, '$1').replace(/[?#]\S*/g, '');
}
