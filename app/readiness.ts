// Whether the platform can do its work, part by part. Parts report; nothing here asks twice a second or remembers old news.

export type Part = 'store' | 'Temporal' | 'worker' | 'Flink';

export interface ReadinessBoard {
  /** The part works from now on; `problem` is asked for on every look. */
  up(part: Part, problem?: () => Promise<string | undefined> | string | undefined): void;
  /** The part does not work, and why. */
  down(part: Part, reason: string): void;
  look(): Promise<{ readonly ready: boolean; readonly reasons: readonly string[] }>;
  /** Without asking anybody. */
  reasons(): readonly string[];
}

/** A question that takes longer is an answer. */
const LIMIT_MS = 2000;

async function ask(part: Part, problem: () => Promise<string | undefined> | string | undefined): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${part} does not answer`), LIMIT_MS);
  });
  try {
    return await Promise.race([Promise.resolve(problem()), late]);
  } catch (error) {
    return `${part}: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

/** Every part is down until it says otherwise. */
export function createReadiness(parts: readonly Part[]): ReadinessBoard {
  const downs = new Map<Part, string>(parts.map((part) => [part, `${part} is starting`]));
  const questions = new Map<Part, () => Promise<string | undefined> | string | undefined>();
  const reasons = (): readonly string[] => [...downs.values()];
  return {
    up(part, problem) {
      downs.delete(part);
      if (problem) questions.set(part, problem);
    },
    down(part, reason) {
      downs.set(part, reason);
    },
    async look() {
      const asked = [...questions].filter(([part]) => !downs.has(part)).map(([part, problem]) => ask(part, problem));
      const found = [...reasons(), ...(await Promise.all(asked)).filter((reason) => reason !== undefined)];
      return { ready: found.length === 0, reasons: found };
    },
    reasons,
  };
}
