// Which clusters this process is starting right now. Between using the right to start and noting the processes nobody may say that
// a cluster is gone.

const starting = new Map<string, number>();

export function isStarting(folder: string): boolean {
  return starting.has(folder);
}

export async function whileStarting<T>(folder: string, work: () => Promise<T>): Promise<T> {
  starting.set(folder, (starting.get(folder) ?? 0) + 1);
  try {
    return await work();
  } finally {
    const left = (starting.get(folder) ?? 1) - 1;
    if (left === 0) starting.delete(folder);
    else starting.set(folder, left);
  }
}
