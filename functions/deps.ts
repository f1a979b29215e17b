// What the functions are given; `app` puts it together. Types only.
import type { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { Principal } from '../domain/access.ts';
import type { DeploymentDefaultsSpec } from '../domain/deployment-defaults.schema.ts';
import type { FlinkImages } from '../domain/flink-images.ts';
import type { Job } from '../domain/job.ts';
import type { LoggingProfiles } from '../domain/logging.ts';
import type { SessionClusterDefaultsSpec } from '../domain/session-cluster.schema.ts';
import type { Wake } from '../domain/wake.ts';
import type { Flink, FlinkRest } from '../flink/flink.ts';
import type { Store } from '../store/store.ts';
import type { AuthSettings } from './authenticate.ts';
import type { EventFeed, FeedLimits } from './event-feed.ts';

/** Everything behind the guard knows who asks. */
export type HttpApp = Hono<{ Variables: { principal: Principal } }>;

/** What `app` gives. */
export interface AppDeps {
  readonly store: Store;
  readonly wake: Wake;
  readonly flink: Pick<Flink, 'local' | 'storage' | 'externalRest' | 'faultOfUrl' | 'uploads'>;
  /** The Flink cluster that runs this Job, or undefined when it has none or cannot be reached. */
  reach(job: Job): Promise<Pick<FlinkRest, 'open'> | undefined>;
  readiness(): Promise<Readiness> | Readiness;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly settings: FunctionSettings;
}

/** What a function gets. */
export interface FunctionDeps extends AppDeps {
  readonly feed: EventFeed;
}

/** Whether the platform can do its work, and one sentence for each thing that keeps it from it. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** As pino writes it. */
export interface Logger {
  error(context: object, message: string): void;
}

export interface FunctionSettings {
  readonly auth: AuthSettings;
  /** Requests a second of one token or user, and how many at once; undefined: no limit. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  readonly version: string;
  /** Names (or name:port) under which the API may be addressed besides the loopback ones. */
  readonly allowedHosts: readonly string[];
  /** Drop unknown fields instead of refusing them (D6). */
  readonly lenient: boolean;
  /** True where Flink may run as processes of the platform's own machine (D3). */
  readonly localTargets: boolean;
  /** How long a request may take, streams excepted; 25 s unless given. */
  readonly requestLimitMs?: number;
  /** How events are watched, where not as usual. */
  readonly watching?: Partial<FeedLimits>;
  /** Logging profiles of the operator, besides the built-in one. */
  readonly loggingProfiles?: LoggingProfiles;
  /** Bytes of a file in a form; 50 MiB unless given. */
  readonly uploadLimit?: number;
  /** Bytes of a file that is sent to an address asked for; 1 GiB unless given. */
  readonly artifactLimit?: number;
  /** Defaults of the operator, over the built-in ones (D9). */
  readonly defaults?: DeploymentDefaultsSpec;
  /** Which image runs which Flink version; the built-in ones unless given. */
  readonly images?: FlinkImages;
  /** What clients may propose for a new session cluster; never applied here. */
  readonly sessionClusterDefaults?: SessionClusterDefaultsSpec;
  /** Take free text as the name of a Deployment, as 2.0 to 2.3 did (D14, D32). */
  readonly legacyNames?: boolean;
  /** What this build was made of, as far as it is known. */
  readonly revision?: { readonly commit?: string; readonly builtAt?: string };
}
