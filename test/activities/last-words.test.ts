// What is said of a JobManager that is gone, from its exit code and its log.
import { describe, expect, it } from 'vitest';
import { lastWords } from '../../activities/last-words.ts';

const CALM = '2026-01-01 INFO  CheckpointCoordinator - Completed checkpoint 18.\n2026-01-01 INFO  Marking checkpoint 18 as completed.\n';
const TROUBLED = `${CALM}java.lang.IllegalStateException: outer\n\tat x.Y.z(Y.java:1)\nCaused by: java.lang.OutOfMemoryError: Metaspace\n`;

describe('what is said of a JobManager process that ended', () => {
  it('names the signal, and that memory may be the reason, when it was killed', () => {
    const { reason } = lastWords({ kind: 'gone', exitCode: 137, logTail: CALM });
    expect(reason).toBe('the JobManager process was killed by the signal SIGKILL; the operating system does this too when memory runs out');
  });

  it('blames no older exception of the log for a signal', () => {
    expect(lastWords({ kind: 'gone', exitCode: 143, logTail: TROUBLED }).reason).toBe('the JobManager process was killed by the signal SIGTERM');
  });

  it('names the exit code and the innermost cause in the log when it ended by itself', () => {
    const { reason } = lastWords({ kind: 'gone', exitCode: 239, logTail: TROUBLED });
    expect(reason).toBe('the JobManager process ended with exit code 239; the last error in its log: java.lang.OutOfMemoryError: Metaspace');
  });

  it('names no exit code that nobody noted', () => {
    expect(lastWords({ kind: 'gone', logTail: CALM }).reason).toBe('the JobManager process ended');
  });

  it('begins the message with the same plain words, before the last lines of the log', () => {
    const { reason, text } = lastWords({ kind: 'gone', exitCode: 137, logTail: CALM });
    expect(text).toBe(`${reason}\nThe last lines of its log:\n${CALM}`);
  });

  it('leaves the message to the reason where there is no log', () => {
    expect(lastWords({ kind: 'gone', exitCode: 1, logTail: '' })).toEqual({ reason: 'the JobManager process ended with exit code 1', text: '' });
  });
});
