// What a server that runs as somebody's child process owes its parent: one line of JSON when it is ready, and an end when it is asked or alone.

/** Prints `said`; on a signal, or when the parent is gone, stops and ends this process. */
export function liveAsChild(said: Readonly<Record<string, string>>, stop: () => Promise<void>): void {
  let stopping: Promise<void> | undefined;
  const end = (): void => {
    stopping ??= stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.on('disconnect', end);
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
