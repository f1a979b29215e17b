// What a Deployment may be made of: spellings that are accepted, and what is stored for them.
import { describe, expect, it } from 'vitest';
import { deploymentInputSchema } from '../../domain/deployment.schema.ts';
import { cpu, desiredState, duration, int32, memory, text, uuid } from '../../domain/scalar.schema.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean; data?: unknown } }, value: unknown): unknown => schema.safeParse(value).data;

describe('scalars', () => {
  it.each([
    [text, 1, '1'],
    [text, true, 'true'],
    [text, '1.10', '1.10'],
    [desiredState, 'canceled', 'CANCELLED'],
    [desiredState, 'Running', 'RUNNING'],
    [int32(1), '7', 7],
    [int32(1), '2.0', 2],
    [int32(0), 0, 0],
    [cpu, '0.5', 0.5],
    [memory, '1.5g', '1.5g'],
    [memory, '2048m', '2048m'],
    [memory, 1073741824, '1073741824'],
    [memory, '2Gi', '2Gi'],
    [memory, '64t', '64t'],
    [duration, '2 hour', '2 hour'],
    [duration, '5µs', '5µs'],
    [duration, 0, '0'],
    [uuid, '4C0E7B52-6B0F-4A55-9A3A-0D6F9BD3A7C1', '4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c1'],
    [uuid, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'],
  ])('%# stores %s for %j', (schema, value, stored) => {
    expect(accepts(schema, value)).toEqual(stored);
  });

  it.each([
    [text, null],
    [text, {}],
    [int32(1), '1.5'],
    [int32(1), ''],
    [int32(1), Number.NaN],
    [int32(1), true],
    [cpu, 0],
    [cpu, 'one'],
    [memory, 'lots'],
    [memory, '-1g'],
    [memory, '65t'],
    [memory, '999999999999999g'],
    [memory, '0'],
    [duration, '1 fortnight'],
    [duration, '-1 s'],
    [duration, '1  s'],
    [uuid, 'x'],
  ])('%# refuses %j', (schema, value) => {
    expect(accepts(schema, value)).toBeUndefined();
  });
});

describe('a document', () => {
  const spec = { deploymentTargetName: 'default', template: { spec: { artifact: { kind: 'Jar', jarUri: 'a' } } } };

  it('may leave out kind, apiVersion and metadata', () => {
    expect(accepts(deploymentInputSchema, { spec })).toEqual({ spec: { ...spec, template: { spec: { artifact: { kind: 'JAR', jarUri: 'a' } } } } });
  });

  it('takes null for a field that is left out, but keeps nulls of Kubernetes objects', () => {
    const kubernetes = { pods: null, labels: null, jobManagerPodTemplate: { spec: { volumes: [{ emptyDir: null }] } } };
    const data = accepts(deploymentInputSchema, {
      metadata: null,
      status: {},
      spec: { ...spec, state: null, template: { spec: { ...spec.template.spec, kubernetes } } },
    });
    expect(data).toMatchObject({ spec: { template: { spec: { kubernetes: { jobManagerPodTemplate: { spec: { volumes: [{ emptyDir: null }] } } } } } } });
    expect(JSON.stringify(data)).not.toMatch(/"(?:state|pods|labels|metadata|status)"/);
  });

  it.each([
    ['SQLSCRIPT', { sqlScript: 'INSERT INTO a SELECT 1' }],
    [
      'PYTHON',
      { pythonArtifactUri: 's3://a/job.py', entryModule: 'job', additionalPythonLibraries: ['s3://a/l.zip'], additionalPythonArchives: ['s3://a/a.zip'] },
    ],
  ])('may run an artifact of kind %s', (kind, fields) => {
    const artifact = { kind, ...fields, additionalDependencies: ['x'], flinkVersion: '1.19' };
    expect(accepts(deploymentInputSchema, { spec: { ...spec, template: { spec: { artifact } } } })).toMatchObject({
      spec: { template: { spec: { artifact } } },
    });
  });
});
