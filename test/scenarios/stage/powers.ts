// What a stage needs of its world; simulated and real ones differ in nothing else. Types only.
import type { SessionClusterId } from '../../../domain/ids.ts';
import type { TestPlatform } from '../../fixtures/a-platform.ts';
import type { Cast } from './cast.ts';
import type { Program } from './program.ts';
import type { Hands } from './stage.ts';
import type { Patience } from './waiting.ts';

/** What the two kinds of worlds do differently. */
export interface Powers {
  readonly platform: TestPlatform;
  readonly patience: Patience;
  readonly checkpointInterval: string;
  readonly entryClass: string;
  /** Of the template and of session clusters; none simulated. */
  readonly resources: object | undefined;
  /** A Flink that somebody else runs; `adopt` tells it which session cluster it is known as. */
  startExternal(flinkConfiguration: Readonly<Record<string, string>>): Promise<{ readonly url: string; adopt(id: SessionClusterId): void }>;
  argumentsOf(program: Program, folder: string): string;
  hands(cast: Cast, isShared: boolean): Hands;
  /** True: all Deployments in session mode share one session cluster, because it costs memory. */
  readonly sharesSessions: boolean;
  close(): Promise<void>;
}
