// A reason why the platform cannot start, told to a person. Never used for anything that happens after the start.

/** `message` is one sentence that says what is wrong and what to do; it is shown without a stack trace. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}
