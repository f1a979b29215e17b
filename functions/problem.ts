// Problem: the one error that functions throw when a request cannot be done as asked. respond.ts turns it into an answer.

/** What is the matter, and the HTTP status that says so. */
export const STATUS_OF = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  alreadyExists: 409,
  preconditionFailed: 412,
  tooLarge: 413,
  unsupportedMediaType: 415,
  tooManyRequests: 429,
  internal: 500,
  badGateway: 502,
  unavailable: 503,
} as const;

/** The same in gRPC's words, for the platform API (vvp.md §4.3). */
export const GRPC_NAME_OF = {
  invalid: 'INVALID_ARGUMENT',
  unauthorized: 'UNAUTHENTICATED',
  forbidden: 'PERMISSION_DENIED',
  notFound: 'NOT_FOUND',
  methodNotAllowed: 'UNIMPLEMENTED',
  conflict: 'FAILED_PRECONDITION',
  alreadyExists: 'ALREADY_EXISTS',
  preconditionFailed: 'FAILED_PRECONDITION',
  tooLarge: 'OUT_OF_RANGE',
  unsupportedMediaType: 'INVALID_ARGUMENT',
  tooManyRequests: 'RESOURCE_EXHAUSTED',
  internal: 'INTERNAL',
  badGateway: 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
} as const satisfies Readonly<Record<ProblemCode, string>>;

export type ProblemCode = keyof typeof STATUS_OF;

export class Problem extends Error {
  readonly code: ProblemCode;

  /** `path`: where in the body, for example `spec.template.spec.foo`. */
  constructor(code: ProblemCode, message: string, path?: string) {
    super(path === undefined ? message : `${path}: ${message}`);
    this.code = code;
  }
}
