// What a test tells a simulated job, as arguments of its main(). Pure.

/**
 * The value of `--sim-<name>=…` among the job's arguments: how a test tells a simulated job what to do. `main`: throws | no-execute | slow:<ms>;
 * `operators`: names with state, by commas; `checkpoints`: in-memory (they have no address); `finish-after`, `crash-after`: ms after all tasks run.
 */
export function simArgument(args: readonly string[], name: string): string | undefined {
  return args.find((arg) => arg.startsWith(`--sim-${name}=`))?.split('=')[1];
}
