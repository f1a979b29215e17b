// The operator's files of defaults: what they may say, and one sentence for what they may not.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readDefaults } from '../../app/read-defaults.ts';
import { BUILT_IN_IMAGES } from '../../domain/flink-images.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drey-defaults-'));
});

let made = 0;
async function fileOf(text: string, extension = 'yaml'): Promise<string> {
  const path = join(folder, `${(made += 1)}.${extension}`);
  await writeFile(path, text);
  return path;
}

const refusal = async (files: Parameters<typeof readDefaults>[0]): Promise<string> =>
  readDefaults(files).then(
    () => 'accepted',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('a file of global deployment defaults', () => {
  it('gives any part of a spec and images by Flink version, in YAML', async () => {
    const deploymentDefaults = await fileOf(`
kind: DeploymentDefaults
apiVersion: v1
spec:
  deploymentTargetName: main
  upgradeStrategy: {kind: stateless}
  template:
    spec:
      artifact: {flinkVersion: 1.20}
      flinkConfiguration: {a: 1.10}
      logging: {log4j2ConfigurationTemplate: null}
flinkVersionMetadata:
  - {flinkVersion: 1.20, imageTag: 1.20.1-java17, useForSqlDeployments: true}
flinkDeploymentDefaults: {registry: images.example.com, repository: our/flink}
`);
    expect(await readDefaults({ deploymentDefaults })).toEqual({
      defaults: {
        deploymentTargetName: 'main',
        upgradeStrategy: { kind: 'STATELESS' },
        template: { spec: { artifact: { flinkVersion: '1.20' }, flinkConfiguration: { a: '1.10' }, logging: {} } },
      },
      images: { registry: 'images.example.com', repository: 'our/flink', tags: { ...BUILT_IN_IMAGES.tags, '1.20': '1.20.1-java17' } },
    });
  });

  it('may be JSON, and name its tags as a mapping', async () => {
    const deploymentDefaults = await fileOf('{"flinkVersionMetadata": {"1.19": "1.19.1"}}', 'json');
    expect(await readDefaults({ deploymentDefaults })).toEqual({ images: { ...BUILT_IN_IMAGES, tags: { ...BUILT_IN_IMAGES.tags, '1.19': '1.19.1' } } });
  });

  it.each([
    ['an unknown field', 'spec: {template: {spec: {foo: 1}}}', 'spec.template.spec.foo: unknown field'],
    ['a wrong value', 'spec: {maxJobCreationAttempts: 0}', 'spec.maxJobCreationAttempts: must be at least 1'],
    ['two places', 'spec: {deploymentTargetName: a, sessionClusterName: b}', 'spec: must name only one of'],
    ['a field of an unnamed kind of artifact', 'spec: {template: {spec: {artifact: {sqlScript: x}}}}', 'spec.template.spec.artifact.sqlScript: needs the kind'],
    ['another kind', 'kind: Deployment', 'kind: must be DeploymentDefaults'],
    ['no YAML', 'a: [', 'it is no valid YAML'],
  ])('with %s is refused by setting, file and field', async (_, text, sentence) => {
    const deploymentDefaults = await fileOf(text);
    const said = await refusal({ deploymentDefaults });
    expect(said).toContain(`StartProblem: DREY_DEPLOYMENT_DEFAULTS, the file ${deploymentDefaults}: ${sentence}`);
  });

  it('that is not there is named', async () => {
    expect(await refusal({ deploymentDefaults: join(folder, 'nowhere.yaml') })).toMatch(
      /^StartProblem: DREY_DEPLOYMENT_DEFAULTS, the file .*nowhere.yaml, cannot be read: ENOENT/,
    );
  });
});

describe('a file of session cluster defaults', () => {
  it('gives any part of a spec', async () => {
    const sessionClusterDefaults = await fileOf('spec: {numberOfTaskManagers: 3, flinkVersion: 1.20}');
    expect(await readDefaults({ sessionClusterDefaults })).toMatchObject({ sessionClusterDefaults: { numberOfTaskManagers: 3, flinkVersion: '1.20' } });
  });

  it('is refused by setting, file and field', async () => {
    expect(await refusal({ sessionClusterDefaults: await fileOf('spec: {tasks: 3}') })).toMatch(
      /DREY_SESSION_CLUSTER_DEFAULTS, the file .*: spec.tasks: unknown field/,
    );
  });
});
