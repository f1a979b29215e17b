// DeploymentTarget: where application-mode Jobs run. Types only (D3).
import type { DeploymentTargetId } from './ids.ts';
import type { Instant } from './instant.ts';

/** Exactly one of the two. `local` = JVM processes on the platform's own machine. */
export type DeploymentTargetSpec = { readonly local: Readonly<Record<string, never>> } | { readonly kubernetes: { readonly namespace: string } };

export interface DeploymentTarget {
  readonly id: DeploymentTargetId;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: DeploymentTargetSpec;
  readonly resourceVersion: number;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}
