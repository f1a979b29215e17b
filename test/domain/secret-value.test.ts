// Which secret values a text names, and what it says once they are filled in.
import { describe, expect, it } from 'vitest';
import { misplacedSecret, ownerOfJob, secretNamesIn, withSecrets } from '../../domain/secret-value.ts';
import { aJob } from '../fixtures/a-job.ts';

describe('a reference to a secret value', () => {
  it('is a name in curly braces after a dollar sign, found once', () => {
    expect(secretNamesIn(['a ${ONE} b ${two-2_X}', '${ONE}', '$TWO {THREE}'])).toEqual(['ONE', 'two-2_X']);
  });

  it.each(['${}', '${a b}', '${java.io.tmpdir}', '${sys:log.file}', '${ä}', `\${${'x'.repeat(251)}}`])('is not %s, which stays as it is', (text) => {
    expect(secretNamesIn([text])).toEqual([]);
    expect(withSecrets(text, new Map([['', 'wrong']]))).toBe(text);
  });

  it('becomes the value, which is not looked into again', () => {
    const values = new Map([
      ['A', '${B}$&$1'],
      ['B', 'b'],
    ]);
    expect(withSecrets('x${A}y${B}z${C}', values)).toBe('x${B}$&$1ybz${C}');
  });

  it('cannot stand in what says where state lies and how it is kept', () => {
    expect(misplacedSecret({ 'state.checkpoints.dir': 's3://${BUCKET}/c' })).toBe(
      'flinkConfiguration "state.checkpoints.dir" cannot hold a secret value: where state lies, and how it is kept, is recorded and shown',
    );
    expect(misplacedSecret({ 'execution.checkpointing.savepoint-dir': 'file:///${X}' })).toContain('cannot hold');
    expect(misplacedSecret({ 'execution.checkpointing.externalized-checkpoint-retention': '${X}' })).toContain('cannot hold');
    expect(misplacedSecret({ 'state.checkpoints.dir': 's3://bucket/{{ namespace }}', 's3.secret-key': '${KEY}' })).toBeUndefined();
  });
});

describe('what a Job may repeat', () => {
  const job = aJob({ flinkConfiguration: { a: '${CONFIG}', b: 'plain' } });

  it('is what its configuration and addresses name', () => {
    const { artifact } = job.template.spec;
    const template = { ...job.template, spec: { ...job.template.spec, artifact: { ...artifact, jarUri: 'https://${TOKEN}@host/j.jar' } } };
    expect(ownerOfJob({ ...job, template } as typeof job)).toEqual({ namespace: job.namespace, names: ['TOKEN', 'CONFIG'] });
  });

  it('is everything of the namespace on a session cluster, which others use as well', () => {
    const place = { kind: 'session', sessionCluster: 's', sessionClusterId: 'x' as never } as const;
    expect(ownerOfJob({ ...job, place })).toEqual({ namespace: job.namespace, names: 'all' });
  });
});
