// How Flink's REST words its refusals: class, message, the server's stack, "Caused by" lines. Measured on 1.20.0 and 2.3.0.

/** Thrown by the simulated handlers; the server turns it into Flink's error body. */
export class Refusal extends Error {
  readonly status: number;
  readonly errors: readonly string[];
  constructor(status: number, errors: readonly string[]) {
    super(errors.join('\n'));
    this.status = status;
    this.errors = errors;
  }
}

const FRAMES = [
  '\tat org.apache.flink.runtime.rest.handler.AbstractHandler.respondAsLeader(AbstractHandler.java:165)',
  '\tat java.base/java.util.concurrent.CompletableFuture.postComplete(CompletableFuture.java:510)',
  '\tat java.base/java.lang.Thread.run(Thread.java:840)',
].join('\n');

/** A stack trace: the first exception, then what caused it, innermost last. Each as "class: message". */
export function stackOf(...chain: readonly string[]): string {
  return chain.map((head, i) => `${i === 0 ? '' : 'Caused by: '}${head}\n${FRAMES}${i === 0 ? '' : '\n\t... 4 more'}`).join('\n');
}

const HANDLER = 'org.apache.flink.runtime.rest.handler.RestHandlerException: ';

/** An error that Flink maps to a status: one string. */
export function refusal(status: number, message: string, ...causes: readonly string[]): Refusal {
  return new Refusal(status, [stackOf(HANDLER + message, ...causes)]);
}

/** An error that Flink does not map: 500 and two strings. */
export function internalError(...chain: readonly string[]): Refusal {
  const wrapped = `java.util.concurrent.CompletionException: ${chain[0] ?? ''}`;
  return new Refusal(500, ['Internal server error.', `<Exception on server side:\n${stackOf(wrapped, ...chain)}\n\nEnd of exception on server side>`]);
}

/** What `/jars/:id/run` says when the user's main() did not get through: 400, causes innermost last. */
export function runFailed(...causes: readonly string[]): Refusal {
  return refusal(400, 'Could not execute application.', 'org.apache.flink.util.FlinkRuntimeException: Could not execute application.', ...causes);
}

export function jobNotFound(id: string): Refusal {
  return new Refusal(404, [stackOf(`org.apache.flink.runtime.rest.NotFoundException: Job ${id} not found`, notFoundException(id))]);
}

export function notFoundException(id: string): string {
  return `org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job (${id})`;
}

export const LEADER_ELECTION = 'Service temporarily unavailable due to an ongoing leader election. Please refresh.';

/** A JobManager too busy to answer itself. */
export function askTimeout(): Refusal {
  return internalError(
    'java.util.concurrent.TimeoutException: Invocation of [RemoteRpcInvocation(RestfulGateway.requestMultipleJobDetails(Time))] timed out.',
    'org.apache.pekko.pattern.AskTimeoutException: Ask timed out on [Actor[pekko://flink/user/rpc/dispatcher_1]] after [10000 ms].',
  );
}
