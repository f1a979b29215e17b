// What passes between the simulated server and its handlers. Types only.
import type { JobManager } from './job-manager.ts';

/** A request as a handler sees it. */
export interface SimCall {
  readonly method: string;
  /** Without `/v1` and query. */
  readonly path: string;
  /** What the path's groups matched, decoded. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly file?: { readonly name: string; readonly bytes: Buffer };
}

export interface Endpoint {
  readonly method: string;
  /** Without `/v1`. */
  readonly path: RegExp;
  /** Of a successful answer; 200 when not given. */
  readonly status?: number;
  /** Throws a Refusal. `{ rawJson }` is sent as it stands. */
  readonly answer: (call: SimCall, jobManager: JobManager) => unknown;
}

export interface SimReply {
  readonly status: number;
  readonly body: string;
}
