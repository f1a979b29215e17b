// What a test and a worker process say to each other.
import type { Policy } from '../../domain/view.ts';

/** The nth call of an activity for a Deployment since the worker was armed, and where in it. Attempts of one call count as one. */
export interface Point {
  readonly activity: string;
  readonly nth: number;
  readonly at: string;
}

export const asText = ({ activity, nth, at }: Point): string => `${activity}#${nth}:${at}`;

export interface WorkerSettings {
  readonly temporalAddress: string;
  readonly taskQueue: string;
  readonly workflowBundle: string;
  readonly databaseUrl: string;
  readonly clustersUrl: string;
  readonly home: string;
  readonly cache: string;
  readonly policy: Policy;
}

/** To the worker. `arm`: from now on count anew, and hold each Deployment (by name) at its point. `release`: let go what is held. */
export type Command =
  | { readonly kind: 'start'; readonly settings: WorkerSettings }
  | { readonly kind: 'arm'; readonly holdAt: Readonly<Record<string, Point>> }
  | { readonly kind: 'release' };

/** From the worker: what it passes, what it holds, and when an attempt that was held has come to its end. */
export type Report =
  | { readonly kind: 'started' }
  | { readonly kind: 'armed' }
  | { readonly kind: 'passed' | 'held'; readonly name: string; readonly point: Point }
  | { readonly kind: 'over'; readonly name: string };
