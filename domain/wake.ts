// Waking: telling the durable side that something may have changed. Carries no data but a title; losing a call loses nothing.
import type { DeploymentId, SessionClusterId } from './ids.ts';

export interface WakeDeployment {
  readonly id: DeploymentId;
  readonly namespace: string;
  readonly name: string;
  /** The title of the run in Temporal's UI, for example "click-counter: RUNNING → upgrade to version 7"; at most 200 bytes. */
  readonly summary: string;
  readonly desired: string;
  readonly specVersion: number;
  /** 2 for a user's request, 4 for the sweep (`reference/temporal.md` §1.8). */
  readonly priority: 2 | 4;
}

export interface WakeSessionCluster {
  readonly id: SessionClusterId;
  readonly namespace: string;
  readonly name: string;
  readonly summary: string;
}

/** Each answers within 3 s: true when Temporal has the message, false when it cannot be reached (the sweep delivers later). Never throws. */
export interface Wake {
  deployment(target: WakeDeployment): Promise<boolean>;
  sessionCluster(target: WakeSessionCluster): Promise<boolean>;
  /** Starts the sweep now. */
  sweep(): Promise<boolean>;
}
