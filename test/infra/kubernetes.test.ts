// The Kustomize base: every object is what Kubernetes takes, and runs without rights on a read-only file system.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { SETTINGS } from '../../app/settings.mjs';

const BASE = fileURLToPath(new URL('../../infra/kubernetes/base/', import.meta.url));
const MODELS = { Deployment, PodDisruptionBudget, Secret, Service, ServiceAccount };

interface KubernetesObject {
  readonly kind: keyof typeof MODELS;
  readonly metadata: { readonly name: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly mountPath: string }[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

interface Pods {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: { readonly securityContext: object; readonly terminationGracePeriodSeconds?: number; readonly containers: readonly Container[] };
    };
    readonly selector: { readonly matchLabels: object };
  };
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
  readonly configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
}

const read = (file: string): string => readFileSync(join(BASE, file), 'utf8');
const objectsIn = (file: string): readonly KubernetesObject[] => parseAllDocuments(read(file)).map((document) => document.toJS() as KubernetesObject);
const kustomization = parse(read('kustomization.yaml')) as Kustomization;
const pods = (file: string): Pods => objectsIn(file)[0] as unknown as Pods;

describe('the Kustomize base', () => {
  it('names every file there is, but the example of the secret', () => {
    const files = readdirSync(BASE).filter((name) => !['kustomization.yaml', 'secret.example.yaml'].includes(name));
    expect(kustomization.resources.toSorted()).toEqual(files.toSorted());
  });

  it.each([...kustomization.resources, 'secret.example.yaml'])('%s holds objects that Kubernetes takes', (file) => {
    const objects = objectsIn(file);
    expect(objects.length).toBeGreaterThan(0);
    for (const each of objects) expect(() => new MODELS[each.kind](each as never).validate()).not.toThrow();
  });

  it('would not take an object with a wrong field', () => {
    expect(() => new Service({ ...objectsIn('service.yaml')[0], spec: { ports: [{ port: 'http' }] } } as never).validate()).toThrow('port');
  });

  it.each(['server.yaml', 'worker.yaml'])('%s runs as a user without rights, writes to /tmp alone, and says when it is ready', (file) => {
    const { spec } = pods(file);
    const [container] = spec.template.spec.containers;
    expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    expect(spec.template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 });
    expect(container?.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(['/tmp']);
    expect(container?.readinessProbe.httpGet.path).toBe('/readyz');
    expect(kustomization.images.map(({ name }) => name)).toContain(container?.image);
  });

  it('gives the worker the two minutes that it drains for', () => {
    expect(pods('worker.yaml').spec.template.spec.terminationGracePeriodSeconds).toBe(120);
  });

  it('sets only what is a setting, and nothing secret outside of the secret', () => {
    const names = kustomization.configMapGenerator.flatMap(({ literals }) => literals.map((literal) => literal.split('=')[0] ?? ''));
    const secret = parse(read('secret.example.yaml')) as { readonly stringData: object };
    const known = SETTINGS.map(({ env }) => env);
    expect([...names, ...Object.keys(secret.stringData)].filter((name) => !known.includes(name))).toEqual([]);
    expect(names.filter((name) => name in secret.stringData)).toEqual([]);
  });

  it('has images of the version of this package', () => {
    const { version } = JSON.parse(readFileSync(join(BASE, '../../../package.json'), 'utf8')) as { readonly version: string };
    expect(kustomization.images.map(({ newTag }) => newTag)).toEqual([version, version]);
  });
});
