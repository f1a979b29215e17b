// What Flink's checkpoint statistics say, which it repeats for a while (`reference/flink.md` §2.8): an entry that was replaced or removed
// since is marked in the repeated answer.
import { describe, expect, it } from 'vitest';
import { toCheckpoints } from '../../activities/look-at-job.ts';
import type { Checkpoint, CheckpointStats } from '../../flink/flink.ts';

const CHECKPOINT: Checkpoint = { id: 7, triggeredAt: 1000, isSavepoint: false, isStop: false, location: 'file:///chk-7', discarded: false };

function newestOf(checkpoint: Partial<Checkpoint>, { isOver }: { readonly isOver: boolean }): unknown {
  const stats: CheckpointStats = { enabled: true, completedCount: 7, latestCompleted: { ...CHECKPOINT, ...checkpoint } };
  return toCheckpoints(stats, isOver).newest;
}

describe('the newest checkpoint that Flink tells of', () => {
  it.each([true, false])('counts with its place while it is there (job over: %s)', (isOver) => {
    expect(newestOf({}, { isOver })).toEqual({ id: 7, at: 1000, location: 'file:///chk-7' });
  });

  it('counts without a place once a newer one has replaced it: nothing older may be restored', () => {
    expect(newestOf({ discarded: true }, { isOver: false })).toEqual({ id: 7, at: 1000 });
  });

  it('does not count when it went with its job', () => {
    expect(newestOf({ discarded: true }, { isOver: true })).toBeUndefined();
  });
});
