// Why a Temporal server that belongs to somebody else cannot be used, told to a person by the setting that is likely wrong.
import { NamespaceNotFoundError } from '@temporalio/client';
import { StartProblem } from './start-problem.ts';

/** Of gRPC. */
export const CODE = {
  deadlineExceeded: 4,
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export interface TemporalTarget {
  readonly address?: string | undefined;
  readonly namespace: string;
}

/** The code with which a server answered, also where the client wraps it. Undefined where nobody answered, and for errors that are not Temporal's. */
export function grpcCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof NamespaceNotFoundError) return CODE.notFound;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'number' ? code : grpcCodeOf(error.cause);
}

/** For whatever connecting to Temporal, or a first question about the namespace, throws. A StartProblem is returned as it is. */
export function toTemporalProblem(error: unknown, { address = 'its address', namespace }: TemporalTarget): StartProblem {
  if (error instanceof StartProblem) return error;
  const [what, then] = causeOf(grpcCodeOf(error), namespace);
  const said = error instanceof Error ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}` : String(error);
  return new StartProblem(`Temporal at ${address} ${what} (${said.replace(/\s+/g, ' ')}): ${then}.`);
}

function causeOf(code: number | undefined, namespace: string): readonly [what: string, then: string] {
  switch (code) {
    case CODE.unauthenticated:
      return ['does not know the key it was given', 'check TEMPORAL_API_KEY, or the certificate in TEMPORAL_TLS_CLIENT_CERT_PATH'];
    case CODE.permissionDenied:
      return [`does not let this key use namespace ${namespace}`, 'check TEMPORAL_API_KEY and TEMPORAL_NAMESPACE'];
    case CODE.notFound:
      return [`has no namespace ${namespace}`, 'check TEMPORAL_NAMESPACE, or create it'];
    case CODE.unimplemented:
      return ['answers, but not as a Temporal server that is new enough', 'check TEMPORAL_ADDRESS'];
    case undefined:
    case CODE.unavailable:
    case CODE.deadlineExceeded:
      return ['cannot be reached', 'check TEMPORAL_ADDRESS, and TEMPORAL_TLS and TEMPORAL_API_KEY where the server wants them'];
    default:
      return [`refuses to work for namespace ${namespace}`, 'check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and TEMPORAL_API_KEY'];
  }
}
