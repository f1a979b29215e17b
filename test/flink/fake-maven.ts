// An `mvn` that is a shell script: it copies what lies in a folder of the test, and notes every call.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const SCRIPT = `#!/bin/sh
here="$(dirname "$0")"
echo "$@" >> "$here/calls"
for arg in "$@"; do case "$arg" in -DoutputDirectory=*) out="\${arg#-DoutputDirectory=}";; esac; done
if [ -f "$here/fails" ]; then cat "$here/fails"; exit 1; fi
mkdir -p "$out"
for file in "$here"/repository/*; do cp "$file" "$out/"; echo "[INFO] Copying $(basename "$file") to $out"; done
if [ -f "$here/slow" ]; then sleep 0.3; fi
`;

export interface FakeMaven {
  readonly environment: { readonly PATH: string };
  /** What every call gets, by file name. */
  publish(files: Readonly<Record<string, string>>): void;
  /** From now on every call prints this and fails; undefined: works again. */
  fail(output: string): void;
  slow(): void;
  /** Arguments of every call. */
  calls(): readonly string[];
}

export function aFakeMaven(): FakeMaven {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'repository'));
  writeFileSync(join(folder, 'mvn'), SCRIPT);
  chmodSync(join(folder, 'mvn'), 0o755);
  const calls = join(folder, 'calls');
  return {
    environment: { PATH: `${folder}:/usr/bin:/bin` },
    publish(files) {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'repository', name), content);
    },
    fail: (output) => writeFileSync(join(folder, 'fails'), output),
    slow: () => writeFileSync(join(folder, 'slow'), ''),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
  };
}
