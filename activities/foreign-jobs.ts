// Flink jobs on clusters of ours that nobody recorded: reported, never touched (scenario C10).
import { toJobId } from '../domain/ids.ts';
import type { ActivityDeps } from './deps.ts';

export interface ForeignJobs {
  /** `ids`: live Flink jobs that belong to no Job that the watch looks at. Those that once were Jobs of ours are not foreign. */
  note(ids: readonly string[]): Promise<void>;
  count(): number;
}

export function createForeignJobs({ store, log }: ActivityDeps): ForeignJobs {
  const known = new Set<string>();
  const foreign = new Set<string>();
  return {
    async note(ids) {
      for (const flinkJobId of ids.filter((id) => !known.has(id))) {
        known.add(flinkJobId);
        const id = toJobId(flinkJobId);
        if (id !== undefined && (await store.jobs.wasEverKnown(store.read, id))) continue;
        foreign.add(flinkJobId);
        log.warn({ flinkJobId }, 'a Flink job that drey did not start runs on a cluster of its Deployments; it is left alone');
      }
    },
    count: () => foreign.size,
  };
}
