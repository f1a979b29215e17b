// Jars for the simulated Flink: the least bytes that it takes for a jar with these classes. Real jars work as well.
import { writeFileSync } from 'node:fs';

const END_OF_ZIP = Buffer.concat([Buffer.from('PK\u0005\u0006', 'latin1'), Buffer.alloc(18)]);

/** Bytes in which the simulation finds these classes. A real Flink does not take them. */
export function aJar(...classes: readonly string[]): Buffer {
  const entries = classes.map((name) => `PK\u0001\u0002${name.replaceAll('.', '/')}.class`);
  return Buffer.concat([Buffer.from(entries.join(''), 'latin1'), END_OF_ZIP]);
}

export function writeJar(path: string, ...classes: readonly string[]): string {
  writeFileSync(path, aJar(...classes));
  return path;
}

/** True for whatever ends like a zip file. */
export function isJar(bytes: Buffer): boolean {
  return bytes.includes(END_OF_ZIP.subarray(0, 4));
}

/** Names of files stand uncompressed in a zip. */
export function hasClass(bytes: Buffer, name: string): boolean {
  return bytes.includes(`${name.replaceAll('.', '/')}.class`);
}
