// The view out of stored rows: what the watch saw of a checkpoint is as good as what a decision saw (scenario A7; invariant 3).
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { assembleView, type Rows } from '../../domain/assemble-view.ts';
import { chooseRestore } from '../../domain/restore.ts';
import type { View } from '../../domain/view.ts';
import { createNewId } from '../../store/new-id.ts';
import { aDeployment } from '../fixtures/a-deployment.ts';
import { aFailedJob } from '../fixtures/a-job.ts';
import { minutes, ago } from '../fixtures/a-moment.ts';
import { aView } from '../fixtures/a-view.ts';

const SEEN = { id: 7, at: ago(minutes(1)), location: 'file:///checkpoints/chk-7' };
const KNOWN = { id: 9, at: ago(minutes(2)), location: 'file:///checkpoints/chk-9' };

/** A Deployment whose only Job was lost, and what the watch saw of it. */
function viewOf(job: Rows['jobs'][number], checkpoint?: Rows['seen'][number]['checkpoint']): View {
  const { policy, look } = aView();
  const seen = [{ jobId: job.id, status: 'GONE', tasks: '', seenAt: ago(0), ...(checkpoint === undefined ? {} : { checkpoint }) }];
  const local = { versions: [], versionFor: () => undefined };
  const rows = { deployment: aDeployment(), jobs: [job], savepoints: [], seen, defaultAnnotations: {}, cluster: undefined, targets: [] };
  return assembleView(rows, { local, policy, look, newId: createNewId({ clock: Date.now, random: randomBytes }) });
}

describe('a checkpoint that only the watch saw', () => {
  const job = aFailedJob({ hadState: false, end: { how: 'GONE', failure: { reason: 'it was killed', message: '', failedAt: ago(0) } } });

  it('is state of its Job, so that nothing starts empty when it cannot be found', () => {
    expect(viewOf(job, SEEN).jobs[0]).toMatchObject({ hadState: true, newestCheckpoint: SEEN });
    expect(chooseRestore(viewOf(job, SEEN))).toMatchObject({ kind: 'lost', because: expect.stringContaining(SEEN.location) });
  });

  it('leaves a newer one that is known in its place', () => {
    expect(viewOf({ ...job, newestCheckpoint: KNOWN }, SEEN).jobs[0]).toMatchObject({ hadState: true, newestCheckpoint: KNOWN });
  });

  it('is needed: a Job of which nobody saw one had no state', () => {
    expect(viewOf(job).jobs[0]).toMatchObject({ hadState: false });
    expect(chooseRestore(viewOf(job))).toEqual({ kind: 'empty', why: 'FIRST_START' });
  });
});
