// The configuration a Job is started with: the user's keys win, drey's defaults fill the gaps, placeholders are resolved
// (design.md §5 "Defaults drey adds"; vvp.md §1.15; flink.md §1.7).
import { describe, expect, it } from 'vitest';
import { checkpointDirectoryOf, effectiveConfiguration } from '../../domain/effective.ts';
import { aTemplate } from '../fixtures/a-deployment.ts';
import { deploymentId, jobId } from '../fixtures/an-id.ts';

const directories = { savepoints: 'file:///b/savepoints', checkpoints: 'file:///b/checkpoints', archive: 'file:///b/archive' };
const RETENTION = 'execution.checkpointing.externalized-checkpoint-retention';
const effective = (flinkConfiguration: Readonly<Record<string, string>>) =>
  effectiveConfiguration({ template: aTemplate('', flinkConfiguration), namespace: 'default', deploymentId, jobId: jobId(1), directories });

describe('what drey adds', () => {
  it('is the directories, retention, three checkpoints and the archive', () => {
    expect(effective({})).toEqual({
      'state.savepoints.dir': directories.savepoints,
      'state.checkpoints.dir': directories.checkpoints,
      'state.checkpoints.num-retained': '3',
      [RETENTION]: 'RETAIN_ON_CANCELLATION',
      'jobmanager.archive.fs.dir': directories.archive,
    });
  });

  it.each([
    ['state.savepoints.dir', 'state.savepoints.dir'],
    ['execution.checkpointing.savepoint-dir', 'state.savepoints.dir'],
    ['state.checkpoints.dir', 'state.checkpoints.dir'],
    ['execution.checkpointing.dir', 'state.checkpoints.dir'],
    ['state.checkpoints.num-retained', 'state.checkpoints.num-retained'],
    ['execution.checkpointing.num-retained', 'state.checkpoints.num-retained'],
    [RETENTION, RETENTION],
    ['jobmanager.archive.fs.dir', 'jobmanager.archive.fs.dir'],
  ])('gives way to the user in either spelling: %s', (mine, ours) => {
    const configuration = effective({ [mine]: 'mine' });
    expect(configuration[mine]).toBe('mine');
    if (mine !== ours) expect(configuration).not.toHaveProperty([ours]);
  });

  it('gives way also to a user who says nothing with many words: an empty value is a value', () => {
    expect(effective({ 'state.savepoints.dir': '' })['state.savepoints.dir']).toBe('');
  });

  it('leaves every other key as it is', () => {
    const mine = { 'taskmanager.numberOfTaskSlots': '2', 'high-availability': 'vvp-kubernetes', 'my.own': '$1 {{ }} ${SECRET}' };
    expect(effective(mine)).toMatchObject(mine);
  });
});

describe('placeholders', () => {
  it.each([
    ['s3://b/{{ namespace }}/{{ deploymentId }}/{{ jobId }}', `s3://b/default/${deploymentId}/${jobId(1)}`],
    ['{{namespace}}{{Namespace}}{{  NAMESPACE  }}', 'defaultdefaultdefault'],
    ['{{ somethingElse }}', '{{ somethingElse }}'],
    ['{{ constructor }} {{ toString }} {{ __proto__ }}', '{{ constructor }} {{ toString }} {{ __proto__ }}'],
    ['{ namespace } {{ namespace', '{ namespace } {{ namespace'],
  ])('%s becomes %s', (text, resolved) => {
    expect(effective({ key: text })['key']).toBe(resolved);
  });

  it('in keys are no placeholders', () => {
    expect(effective({ '{{ namespace }}': 'x' })).toHaveProperty(['{{ namespace }}'], 'x');
  });
});

describe('the checkpoint directory', () => {
  it('is found in either spelling', () => {
    expect(checkpointDirectoryOf(effective({}))).toBe(directories.checkpoints);
    expect(checkpointDirectoryOf(effective({ 'execution.checkpointing.dir': 's3://b/c' }))).toBe('s3://b/c');
    expect(checkpointDirectoryOf({})).toBeUndefined();
  });
});
