// What every deed on a local cluster needs to know of this machine and this installation. Made once.
import type { LoggingProfiles } from '../../../domain/logging.ts';
import type { Environment } from '../../artifacts/run-maven.ts';
import type { Java } from './find-java.ts';
import type { Release } from './releases.ts';

export interface Host {
  /** Data folder; clusters live in `<home>/clusters`. */
  readonly home: string;
  readonly installationId: string;
  readonly webOrigin: string;
  readonly environment: Environment;
  /** How long a process may take to end by itself, in milliseconds. */
  readonly patienceMs: number;
  readonly releases: readonly Release[];
  readonly loggingProfiles: LoggingProfiles;
  /** Throws an Error with one sentence that names the remedy. */
  java(): Promise<Java>;
  /** The archive of classes for this release, if it is there. */
  archiveOf(release: Release): Promise<string | undefined>;
  /** Returns when the release is on this machine. Throws an Error with one sentence. */
  provision(release: Release, progress: (line: string) => void): Promise<void>;
}
