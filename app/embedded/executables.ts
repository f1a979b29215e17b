// Finds programs of this machine and asks them for their version. Never installs anything.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** The path of `name` in the first of the folders that has it. */
export async function findExecutable(name: string, searchPath: readonly string[]): Promise<string | undefined> {
  for (const folder of searchPath) {
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}

/** Everything the program prints when called with `args`; undefined when it fails or takes longer than 20 s. */
export function outputOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: 20_000, maxBuffer: 1 << 20 }, (error, stdout, stderr) => {
      resolve(error ? undefined : `${stdout}\n${stderr}`);
    });
  });
}
