// Something that is opened once, when it is first asked for, and again after it failed or was forgotten.

export interface Kept<T> {
  /** What was opened, for everybody who asks; opened anew after a failure. */
  get(): Promise<T>;
  /** The next one who asks opens it anew. False when it is forgotten already. */
  forget(): boolean;
}

export function kept<T>(open: () => Promise<T>): Kept<T> {
  let opened: Promise<T> | undefined;
  return {
    get: () =>
      (opened ??= open().catch((error: unknown) => {
        opened = undefined;
        throw error;
      })),
    forget() {
      const isKept = opened !== undefined;
      opened = undefined;
      return isKept;
    },
  };
}
