// Filling in what a spec leaves out: which default wins, and that the user's own words stay.
import { describe, expect, it } from 'vitest';
import { expandSessionClusterSpec, expandSpec, globalDefaults } from '../../domain/defaults.ts';
import type { DeploymentDefaultsSpec } from '../../domain/deployment-defaults.schema.ts';
import type { DeploymentSpecInput } from '../../domain/deployment.schema.ts';
import { flinkImages } from '../../domain/flink-images.ts';

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
    const spec = expandSpec(aSpec({ template: { spec: { artifact, flinkConfiguration: { b: 'user', c: 'user' } } } }), { levels: [configured] });
    expect(spec).toMatchObject({ maxJobCreationAttempts: 9, maxSavepointCreationAttempts: 4 });
    expect(spec.template.spec).toMatchObject({ parallelism: 3, flinkConfiguration: { a: 'operator', b: 'user', c: 'user' } });
  });

  it('adds to a spec that was complete before only what an edit takes away, not what became a default since', () => {
    const old = { maxJobCreationAttempts: 9, template: { spec: { flinkConfiguration: { a: 'operator' } } } };
    const before = expandSpec(aSpec({ template: { spec: { artifact, flinkConfiguration: { b: 'user' } } } }), { levels: [old] });
    const since = { jobFailureExpirationTime: '1h', template: { spec: { parallelism: 3, flinkConfiguration: { a: 'newer', c: 'new' } } } };
    const edited = { levels: [since], before, keeps: true };
    expect(expandSpec(before, edited)).toEqual(before);
    const { maxJobCreationAttempts: _, ...taken } = before;
    expect(expandSpec(taken, edited)).toEqual({ ...before, maxJobCreationAttempts: 4 });
    const without = { ...before, template: { spec: { ...before.template.spec, flinkConfiguration: { b: 'user' } } } };
    expect(expandSpec(without, edited).template.spec.flinkConfiguration).toEqual({ a: 'newer', b: 'user' });
  });

  it('replaces lists as a whole', () => {
    const configured = { template: { spec: { kubernetes: { pods: { imagePullSecrets: [{ name: 'operator' }] } } } } };
    const own = aSpec({ template: { spec: { artifact, kubernetes: { pods: { imagePullSecrets: [{ name: 'user' }] } } } } });
    expect(expandSpec(own, { levels: [configured] }).template.spec.kubernetes?.pods?.imagePullSecrets).toEqual([{ name: 'user' }]);
  });

  it('gives nobody a second place to run', () => {
    const { deploymentTargetName: _, ...nowhere } = aSpec();
    expect(expandSpec(nowhere, { levels: [{ deploymentTargetName: 'ours' }] }).deploymentTargetName).toBe('ours');
    expect(expandSpec({ ...nowhere, sessionClusterName: 'shared' }, { levels: [{ deploymentTargetName: 'ours' }] })).not.toHaveProperty('deploymentTargetName');
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

describe('levels', () => {
  const nowhere = { template: { spec: { artifact } } };
  const global: DeploymentDefaultsSpec = {
    deploymentTargetName: 'far',
    maxJobCreationAttempts: 7,
    template: { metadata: { annotations: { a: 'far', b: 'far' } }, spec: { parallelism: 2, kubernetes: { pods: { labels: { x: '1' } } } } },
  };
  const namespace: DeploymentDefaultsSpec = {
    sessionClusterName: 'near',
    template: { metadata: { annotations: { b: 'near' } }, spec: { parallelism: 3, kubernetes: { jobManagerPodTemplate: { metadata: {} } } } },
  };

  it('nearer ones win, maps key by key, and what the nearest leaves out comes from farther away', () => {
    const spec = expandSpec(nowhere, { levels: [global, namespace] });
    expect(spec).toMatchObject({ maxJobCreationAttempts: 7, maxSavepointCreationAttempts: 4, sessionClusterName: 'near' });
    expect(spec.template).toMatchObject({ metadata: { annotations: { a: 'far', b: 'near' } }, spec: { parallelism: 3 } });
  });

  it('one that names a place gets no other from farther away, and neither does the user', () => {
    expect(expandSpec(nowhere, { levels: [global, namespace] })).not.toHaveProperty('deploymentTargetName');
    const own = expandSpec({ ...nowhere, deploymentTargetName: 'own' }, { levels: [global, namespace] });
    expect([own.deploymentTargetName, own.sessionClusterName]).toEqual(['own', undefined]);
  });

  it('one that has pod templates gets no pods from farther away, and the other way round', () => {
    expect(expandSpec(nowhere, { levels: [global, namespace] }).template.spec.kubernetes).toEqual({ jobManagerPodTemplate: { metadata: {} } });
    const kubernetes = { pods: { labels: { y: '2' } } };
    const own = { template: { spec: { artifact, kubernetes } } };
    expect(expandSpec(own, { levels: [global, namespace] }).template.spec.kubernetes).toEqual(kubernetes);
  });

  it('give an artifact what belongs to every kind, and what belongs to its own', () => {
    const level = { template: { spec: { artifact: { kind: 'JAR' as const, entryClass: 'a.B', flinkVersion: '1.18' } } } };
    expect(expandSpec(nowhere, { levels: [level] }).template.spec.artifact).toEqual({ ...artifact, entryClass: 'a.B', flinkVersion: '1.18' });
    const sql = { kind: 'SQLSCRIPT', sqlScript: 'INSERT …' } as const;
    expect(expandSpec({ template: { spec: { artifact: sql } } }, { levels: [level] }).template.spec.artifact).toEqual({ ...sql, flinkVersion: '1.18' });
  });
});

describe('the image of a Flink version', () => {
  const images = flinkImages({ registry: 'r', tags: { '1.19': '1.19.1-java17' } });
  const withArtifact = (more: object) => aSpec({ template: { spec: { artifact: { ...artifact, ...more } } } });
  const imageOf = (spec: DeploymentSpecInput, more: object = {}) => {
    const { flinkImageRegistry, flinkImageRepository, flinkImageTag } = expandSpec(spec, { images, ...more }).template.spec.artifact;
    return [flinkImageRegistry, flinkImageRepository, flinkImageTag];
  };

  it('is filled in for the versions that are known, built in or configured', () => {
    expect(imageOf(withArtifact({ flinkVersion: '1.19' }))).toEqual(['r', 'flink', '1.19.1-java17']);
    expect(imageOf(withArtifact({ flinkVersion: '1.20' }))).toEqual(['r', 'flink', '1.20.0']);
    expect(expandSpec(withArtifact({ flinkVersion: '2.3' })).template.spec.artifact).toMatchObject({ flinkImageRepository: 'flink', flinkImageTag: '2.3.0' });
  });

  it('is left alone where the version is unknown or not given', () => {
    for (const version of [{ flinkVersion: '1.12' }, { flinkVersion: 'constructor' }, {}])
      expect(imageOf(withArtifact(version))).toEqual([undefined, undefined, undefined]);
  });

  it('is filled in beside what the user says of it', () => {
    expect(imageOf(withArtifact({ flinkVersion: '1.20', flinkImageTag: 'mine' }))).toEqual(['r', 'flink', 'mine']);
  });

  it('follows the version of an edit where it had been filled in, and stays where a user chose it', () => {
    const before = expandSpec(withArtifact({ flinkVersion: '1.19' }), { images });
    const { artifact: filled } = before.template.spec;
    expect(imageOf(withArtifact({ ...filled, flinkVersion: '1.20' }), { before, keeps: true })).toEqual(['r', 'flink', '1.20.0']);
    expect(imageOf(withArtifact({ ...filled, flinkVersion: '1.12' }), { before, keeps: true })).toEqual([undefined, undefined, undefined]);
    const chosen = expandSpec(withArtifact({ flinkVersion: '1.19', flinkImageTag: 'mine' }), { images });
    expect(imageOf(withArtifact({ ...chosen.template.spec.artifact, flinkVersion: '1.20' }), { before: chosen, keeps: true })).toEqual(['r', 'flink', 'mine']);
  });

  it('is no reason to change a Deployment that was made without one', () => {
    const before = expandSpec(withArtifact({ flinkVersion: '1.20' }), { images: { tags: {} } });
    for (const keeps of [true, false]) expect(expandSpec(withArtifact({ flinkVersion: '1.20' }), { images, before, keeps })).toEqual(before);
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
