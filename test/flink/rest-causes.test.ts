// Reasons out of Java's stack traces, and Flink's dialects.
import { describe, expect, it } from 'vitest';
import type { FlinkJobId } from '../../domain/ids.ts';
import type { RunOrder } from '../../flink/flink.ts';
import { toAnswer } from '../../flink/rest/answers.ts';
import { boundText, causesOf, reasonOf, TEXT_LIMIT } from '../../flink/rest/causes.ts';
import { dialectOf } from '../../flink/rest/dialect.ts';
import { toRunBody } from '../../flink/rest/jars.ts';
import { isNotNow, savepointNamedIn } from '../../flink/rest/phrases.ts';
import { stackOf } from '../flink-sim/java-errors.ts';

const MISSING = "java.io.FileNotFoundException: Cannot find checkpoint or savepoint file/directory 'file:///x' on file system 'file'.";

describe('the reason', () => {
  it('is the innermost cause, without its package', () => {
    const text = stackOf(
      'org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.',
      `java.lang.RuntimeException: ${MISSING}`,
      MISSING,
    );
    expect(reasonOf(text)).toBe("FileNotFoundException: Cannot find checkpoint or savepoint file/directory 'file:///x' on file system 'file'.");
    expect(causesOf(text)).toHaveLength(3);
  });

  it('is the exception inside the message when nothing was chained', () => {
    expect(reasonOf(`java.util.concurrent.CompletionException: java.lang.RuntimeException: ${MISSING}\n\tat x.Y.z(Y.java:1)`)).toMatch(
      /^FileNotFoundException: Cannot find/,
    );
  });

  it('skips the two lines around an error that Flink does not map', () => {
    const text =
      'Internal server error.\n<Exception on server side:\njava.lang.IllegalStateException: no\n\tat x.Y.z(Y.java:1)\n\nEnd of exception on server side>';
    expect(reasonOf(text)).toBe('IllegalStateException: no');
  });

  it('takes the first line of a message of several', () => {
    expect(reasonOf('a.b.C: first\nsecond\n\tat x.Y.z(Y.java:1)\nCaused by: a.b.D: one\ntwo\n\t... 3 more')).toBe('D: one');
    expect(causesOf('a.b.C: first\nsecond\n\tat x.Y.z(Y.java:1)').map(({ message }) => message)).toEqual(['first\nsecond']);
  });

  it('ignores suppressed exceptions and their causes', () => {
    expect(reasonOf('a.b.C: outer\n\tat x.Y.z(Y.java:1)\n\tSuppressed: a.b.S: aside\n\t\tat x.Y.z(Y.java:1)\n\tCaused by: a.b.T: aside too')).toBe('C: outer');
  });

  it('is the text itself where there is no exception, and the class where there is no message', () => {
    expect(reasonOf('Unable to load requested file /v1/jars.')).toBe('Unable to load requested file /v1/jars.');
    expect(reasonOf('a.b.C: outer\nCaused by: java.lang.NullPointerException\n\tat x.Y.z(Y.java:1)')).toBe('NullPointerException');
    expect(reasonOf('')).toBe('Flink gave no reason');
  });

  it('is at most 500 characters long', () => {
    expect(reasonOf(`a.b.C: ${'x'.repeat(9000)}`)).toHaveLength(500);
  });
});

describe('kept text', () => {
  it('is bounded to 32 KiB and keeps its beginning and its end', () => {
    const text = `the beginning${'é'.repeat(40_000)}the end`;
    const bounded = boundText(text);
    expect(Buffer.byteLength(bounded)).toBeLessThanOrEqual(TEXT_LIMIT);
    expect(bounded).toMatch(/^the beginning[\s\S]*left out[\s\S]*the end$/);
    expect(bounded).not.toContain('\uFFFD');
    expect(boundText('short')).toBe('short');
  });
});

describe('an HTTP answer', () => {
  const errors = (...texts: readonly string[]): string => JSON.stringify({ errors: texts });
  const cases: readonly (readonly [string, number, string, object])[] = [
    ['2xx with JSON is done', 202, '{}', { kind: 'done', value: {} }],
    ['2xx without JSON is not from Flink', 200, '<html>', { kind: 'unavailable', mayHaveArrived: true }],
    ['400 in the form of Flink is a refusal', 400, errors('a.b.C: no'), { kind: 'rejected', status: 400, reason: 'C: no' }],
    ['500 in the form of Flink is a refusal as well', 500, errors('Internal server error.', 'a.b.C: no'), { kind: 'rejected', status: 500, reason: 'C: no' }],
    ['404 of a proxy says nothing about Flink', 404, 'default backend - 404', { kind: 'unavailable', mayHaveArrived: true }],
    ['401 of a proxy says nothing about Flink', 401, '{"message":"login"}', { kind: 'unavailable', mayHaveArrived: true }],
    ['502 of a proxy is tried again', 502, '', { kind: 'unavailable', mayHaveArrived: true }],
    ['504 is tried again, whatever its form', 504, errors('timeout'), { kind: 'unavailable', mayHaveArrived: true }],
    ['408 is a JobMaster that did not answer in time', 408, errors('Job cancellation timed out.'), { kind: 'unavailable', mayHaveArrived: true }],
    [
      '503 without a leader went no further',
      503,
      errors('Service temporarily unavailable due to an ongoing leader election. Please refresh.'),
      { kind: 'unavailable', mayHaveArrived: false },
    ],
    ['503 of anybody else may have gone further', 503, 'overloaded', { kind: 'unavailable', mayHaveArrived: true }],
  ];
  for (const [name, status, body, expected] of cases) it(name, () => expect(toAnswer(status, body)).toMatchObject(expected));

  it('is unavailable when one part of Flink did not answer another', () => {
    const asked = stackOf('java.util.concurrent.CompletionException: a.b.C: x', 'org.apache.pekko.pattern.AskTimeoutException: Ask timed out');
    expect(isNotNow(asked)).toBe(true);
    expect(isNotNow('java.util.concurrent.CompletionException: akka.pattern.AskTimeoutException: Ask timed out')).toBe(true);
    expect(isNotNow('java.util.concurrent.TimeoutException: the user called something slow')).toBe(false);
    expect(toAnswer(500, errors('Internal server error.', asked))).toMatchObject({ kind: 'unavailable', mayHaveArrived: true });
  });
});

describe('a savepoint named in a failure', () => {
  it('is found, also with spaces in its path', () => {
    const text =
      'x.StopWithSavepointStoppingException: A savepoint has been created at: file:/a b/savepoint-1, but the corresponding job 0 failed during stopping.';
    expect(savepointNamedIn(text)).toBe('file:/a b/savepoint-1');
    expect(savepointNamedIn('x.CheckpointException: expired')).toBeUndefined();
  });
});

describe('the dialect', () => {
  const order: RunOrder = {
    jobId: '0'.repeat(32) as FlinkJobId,
    args: ['--a', 'b c'],
    parallelism: 2,
    savepointPath: 'file:///s',
    allowNonRestoredState: false,
    flinkConfiguration: { 'a.b': 'c' },
  };

  it.each([
    ['1.16.3', 'restoreMode', false],
    ['1.17.0', 'restoreMode', true],
    ['1.19.2', 'restoreMode', true],
    ['1.20.0', 'claimMode', true],
    ['2.0.1', 'claimMode', true],
    ['2.3-SNAPSHOT', 'claimMode', true],
    ['<unknown>', 'claimMode', true],
  ] as const)('of %s', (version, claimField, takesConfiguration) => {
    expect(dialectOf(version)).toEqual({ claimField, takesConfiguration });
  });

  it('words a run body, with a list of arguments and NO_CLAIM', () => {
    const base = { jobId: order.jobId, programArgsList: ['--a', 'b c'], parallelism: 2, allowNonRestoredState: false, savepointPath: 'file:///s' };
    expect(toRunBody(order, dialectOf('1.19.0'))).toEqual({ ...base, restoreMode: 'NO_CLAIM', flinkConfiguration: { 'a.b': 'c' } });
    expect(toRunBody(order, dialectOf('2.3.0'))).toEqual({ ...base, claimMode: 'NO_CLAIM', flinkConfiguration: { 'a.b': 'c' } });
    expect(toRunBody(order, dialectOf('1.16.0'))).toEqual({ ...base, restoreMode: 'NO_CLAIM' });
  });

  it('names no claim mode when nothing is restored', () => {
    const { savepointPath: _, ...fresh } = order;
    expect(toRunBody({ ...fresh, entryClass: 'a.B' }, dialectOf('1.20.0'))).toEqual({
      jobId: order.jobId,
      entryClass: 'a.B',
      programArgsList: ['--a', 'b c'],
      parallelism: 2,
      allowNonRestoredState: false,
      flinkConfiguration: { 'a.b': 'c' },
    });
  });
});
