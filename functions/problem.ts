// Problem: the one error that functions throw when a request cannot be done as asked. respond.ts turns it into an answer.

/** What is the matter, and the HTTP status that says so. */
export const STATUS_OF = {
  invalid: 400,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  preconditionFailed: 412,
  tooLarge: 413,
  unsupportedMediaType: 415,
  internal: 500,
  badGateway: 502,
  unavailable: 503,
} as const;

export type ProblemCode = keyof typeof STATUS_OF;

export class Problem extends Error {
  readonly code: ProblemCode;

  /** `path`: where in the body, for example `spec.template.spec.foo`. */
  constructor(code: ProblemCode, message: string, path?: string) {
    super(path === undefined ? message : `${path}: ${message}`);
    this.code = code;
  }
}
