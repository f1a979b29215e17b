// When a Deployment or a session cluster may go (D11; design.md §4 rule 9): only once nothing of it runs or is about to.
import type { Deployment } from './deployment.ts';
import { isTerminal, type Job } from './job.ts';
import type { SessionCluster } from './session-cluster.ts';

/** What keeps it from being deleted, and what would help; undefined when nothing does. */
export function whyKept({ spec, status }: Deployment, jobs: readonly Job[]): string | undefined {
  if (spec.state === 'RUNNING') return 'set spec.state to CANCELLED or SUSPENDED first';
  const live = jobs.find((job) => !isTerminal(job));
  if (live !== undefined) return `its Job ${live.id} is ${live.state}; wait until it has ended`;
  return status.state === 'RUNNING' || status.state === 'TRANSITIONING' ? `it is ${status.state}; wait until it is ${spec.state}` : undefined;
}

/** Nothing of it runs or is about to. */
export function isAtRest({ spec, status }: SessionCluster): boolean {
  return spec.state === 'STOPPED' && (status.state === 'STOPPED' || status.state === 'FAILED');
}
