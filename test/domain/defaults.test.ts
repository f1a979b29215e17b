// Filling in what a spec leaves out: which default wins, and that the user's own words stay.
import { describe, expect, it } from 'vitest';
import { expandSessionClusterSpec, expandSpec, globalDefaults } from '../../domain/defaults.ts';
import type { DeploymentSpecInput } from '../../domain/deployment.schema.ts';

function aSpec(overrides: Partial<DeploymentSpecInput> = {}): DeploymentSpecInput {
  return { deploymentTargetName: 'default', template: { spec: { artifact: { kind: 'JAR', jarUri: 'a' } } }, ...overrides };
}
const artifact = { kind: 'JAR', jarUri: 'a' } as const;

describe('expandSpec', () => {
  it('fills in every built-in default (D9)', () => {
    expect(expandSpec(aSpec())).toEqual({
      state: 'RUNNING',
      deploymentTargetName: 'default',
      upgradeStrategy: { kind: 'STATEFUL' },
      restoreStrategy: { kind: 'LATEST_STATE', allowNonRestoredState: false },
      maxSavepointCreationAttempts: 4,
      maxJobCreationAttempts: 4,
      template: {
        spec: {
          artifact,
          parallelism: 1,
          resources: { jobmanager: { cpu: 1, memory: '1G' }, taskmanager: { cpu: 1, memory: '1G' } },
          flinkConfiguration: {},
          logging: { loggingProfile: 'default', log4jLoggers: { '': 'INFO' } },
        },
      },
    });
  });

  it('keeps what the user wrote, as it was written, and fills in only what is missing beside it', () => {
    const resources = { jobmanager: { memory: '1.5g' } };
    const spec = expandSpec(
      aSpec({ restoreStrategy: { kind: 'NONE' }, template: { spec: { artifact, resources, logging: { log4jLoggers: { 'com.x': 'DEBUG' } } } } }),
    );
    expect(spec.restoreStrategy).toEqual({ kind: 'NONE', allowNonRestoredState: false });
    expect(spec.template.spec.resources).toEqual({ jobmanager: { cpu: 1, memory: '1.5g' }, taskmanager: { cpu: 1, memory: '1G' } });
    expect(spec.template.spec.logging.log4jLoggers).toEqual({ '': 'INFO', 'com.x': 'DEBUG' });
    expect(spec.template.spec.artifact).toEqual(artifact);
  });

  it('puts the operator between the built-in defaults and the user, maps key by key', () => {
    const configured = { maxJobCreationAttempts: 9, template: { spec: { parallelism: 3, flinkConfiguration: { a: 'operator', b: 'operator' } } } };
    const spec = expandSpec(aSpec({ template: { spec: { artifact, flinkConfiguration: { b: 'user', c: 'user' } } } }), configured);
    expect(spec).toMatchObject({ maxJobCreationAttempts: 9, maxSavepointCreationAttempts: 4 });
    expect(spec.template.spec).toMatchObject({ parallelism: 3, flinkConfiguration: { a: 'operator', b: 'user', c: 'user' } });
  });

  it('adds to a spec that was complete before only what an edit takes away, not what became a default since', () => {
    const old = { maxJobCreationAttempts: 9, template: { spec: { flinkConfiguration: { a: 'operator' } } } };
    const before = expandSpec(aSpec({ template: { spec: { artifact, flinkConfiguration: { b: 'user' } } } }), old);
    const since = { jobFailureExpirationTime: '1h', template: { spec: { parallelism: 3, flinkConfiguration: { a: 'newer', c: 'new' } } } };
    expect(expandSpec(before, since, before)).toEqual(before);
    const { maxJobCreationAttempts: _, ...taken } = before;
    expect(expandSpec(taken, since, before)).toEqual({ ...before, maxJobCreationAttempts: 4 });
    const without = { ...before, template: { spec: { ...before.template.spec, flinkConfiguration: { b: 'user' } } } };
    expect(expandSpec(without, since, before).template.spec.flinkConfiguration).toEqual({ a: 'newer', b: 'user' });
  });

  it('replaces lists as a whole', () => {
    const configured = { template: { spec: { kubernetes: { pods: { imagePullSecrets: [{ name: 'operator' }] } } } } };
    const own = aSpec({ template: { spec: { artifact, kubernetes: { pods: { imagePullSecrets: [{ name: 'user' }] } } } } });
    expect(expandSpec(own, configured).template.spec.kubernetes?.pods?.imagePullSecrets).toEqual([{ name: 'user' }]);
  });

  it('gives nobody a second place to run', () => {
    const { deploymentTargetName: _, ...nowhere } = aSpec();
    expect(expandSpec(nowhere, { deploymentTargetName: 'ours' }).deploymentTargetName).toBe('ours');
    expect(expandSpec({ ...nowhere, sessionClusterName: 'shared' }, { deploymentTargetName: 'ours' })).not.toHaveProperty('deploymentTargetName');
  });

  it('changes neither the defaults nor the input, and is the same when done twice', () => {
    const input = aSpec({ template: { spec: { artifact, flinkConfiguration: { a: '1' } } } });
    const before = structuredClone(input);
    const once = expandSpec(input);
    expect(input).toEqual(before);
    expect(globalDefaults().template?.spec?.flinkConfiguration).toEqual({});
    expect(expandSpec(once)).toEqual(once);
  });
});

describe('expandSessionClusterSpec', () => {
  it('gives a cluster of ours one TaskManager and resources', () => {
    expect(expandSessionClusterSpec({ deploymentTargetName: 'default' })).toMatchObject({
      state: 'RUNNING',
      numberOfTaskManagers: 1,
      flinkConfiguration: {},
      logging: { loggingProfile: 'default' },
    });
  });

  it('gives a cluster of somebody else nothing', () => {
    const external = { url: 'http://flink:8081' };
    expect(expandSessionClusterSpec({ external })).toEqual({ state: 'RUNNING', flinkConfiguration: {}, external });
  });
});
