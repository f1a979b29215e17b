// Scripted misbehaviour of the simulated server: what goes wrong with the next requests that match. Holds the script only; the server acts.

export type FaultKind =
  /** The connection is cut before the request is looked at. The client sees a reset; for a refused connection see `refuseConnections`. */
  | 'refuse'
  /** Never looked at, never answered. */
  | 'hang'
  /** A JobManager that does not lead: not looked at. */
  | '503'
  /** A JobManager too busy to answer itself: not looked at. */
  | '500'
  /** 307 to somewhere else, without a body: a JobManager that points to the leader, or a proxy. */
  | 'redirect'
  /** Refused with `status` and `text` as Flink's error. */
  | 'reject'
  /** Carried out after `ms`: the request arrives late. */
  | 'arriveLate'
  /** Carried out, and answered after `ms`. */
  | 'answerLate'
  /** Carried out, and the connection is cut instead of an answer. */
  | 'acceptThenDie'
  /** Carried out, and half of the answer is sent. */
  | 'halfAnswer'
  /** 200 with 20 MB of JSON. */
  | 'hugeAnswer'
  /** 200 with a web page of somebody else. */
  | 'strangeAnswer';

export interface Fault {
  /** Any when not given. */
  readonly method?: string;
  /** Against the path without `/v1` and query; any when not given. */
  readonly path?: RegExp;
  /** How many requests; 1. `Infinity` lasts until `clear`. */
  readonly times?: number;
  readonly do: FaultKind;
  readonly ms?: number;
  /** For `reject`; 400. */
  readonly status?: number;
  readonly text?: string;
}

export class Faults {
  private readonly script: { readonly fault: Fault; left: number }[] = [];

  /** Adds to the end of the script; of several that match, the earlier goes first. */
  next(fault: Fault): void {
    this.script.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.script.length = 0;
  }

  /** The fault for this request, which is thereby used up. */
  take(method: string, path: string): Fault | undefined {
    const found = this.script.find(({ fault, left }) => left > 0 && (fault.method ?? method) === method && (fault.path?.test(path) ?? true));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.fault;
  }
}
