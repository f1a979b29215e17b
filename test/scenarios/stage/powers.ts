// What a stage needs of its world; simulated and real ones differ in nothing else. Types only.
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
  argumentsOf(program: Program, folder: string): string;
  hands(cast: Cast, isShared: boolean): Hands;
  /** True: all Deployments in session mode share one session cluster, because it costs memory. */
  readonly sharesSessions: boolean;
  close(): Promise<void>;
}
