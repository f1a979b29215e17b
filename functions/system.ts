// What the platform says about itself, and the request to look for drift now.
import { cpuOfJob, cpuOfSessionCluster } from '../domain/consumption.ts';
import { globalDefaults, globalSessionClusterDefaults } from '../domain/defaults.ts';
import type { FunctionDeps } from './deps.ts';
import type { Handler } from './handler.ts';
import { Problem } from './problem.ts';

export const getStatus: Handler<'getStatus'> = (_, { settings }) => ({ code: 200, body: { status: 'UP', version: settings.version } });

/** The process lives; whether it can work is readiness. */
export const getHealth: Handler<'getHealth'> = (_, { settings }) => ({ code: 200, body: { status: 'UP', version: settings.version } });

export const getReadiness: Handler<'getReadiness'> = async (_, deps) => {
  const { ready, reasons } = await deps.readiness();
  return { code: ready ? 200 : 503, body: { ready, reasons: [...reasons] } };
};

export const getGlobalDeploymentDefaults: Handler<'getGlobalDeploymentDefaults'> = (_, { settings }) => ({
  code: 200,
  body: { kind: 'DeploymentDefaults', apiVersion: 'v1', metadata: {}, spec: globalDefaults(settings.defaults) },
});

export const getGlobalSessionClusterDefaults: Handler<'getGlobalSessionClusterDefaults'> = (_, { settings }) => ({
  code: 200,
  body: { kind: 'SessionClusterDefaults', apiVersion: 'v1', metadata: {}, spec: globalSessionClusterDefaults(settings.sessionClusterDefaults) },
});

const UNKNOWN = 'unknown';

export const getSystemInformation: Handler<'getSystemInformation'> = async (_, deps) => {
  const { version, revision: { commit = UNKNOWN, builtAt = UNKNOWN } = {} } = deps.settings;
  const revisionInformation = { buildTime: builtAt, buildVersion: version, commitShaLong: commit, commitShaShort: commit.slice(0, 7) };
  const used = { cpu: await usedCpu(deps) };
  return {
    code: 200,
    body: {
      kind: 'SystemInformation',
      apiVersion: 'v1',
      status: {
        // drey itself needs none; each Flink may have another one.
        jvmVersion: UNKNOWN,
        revisionInformation,
        resourceQuota: { kind: 'ResourceQuota', apiVersion: 'v1', spec: { type: 'UNLIMITED' }, status: { used } },
      },
    },
  };
};

async function usedCpu({ store }: FunctionDeps): Promise<number> {
  const jobs = await store.jobs.live(store.read);
  const namespaces = await store.namespaces.list(store.read);
  const clusters = await Promise.all(namespaces.map(({ name }) => store.sessionClusters.list(store.read, name)));
  return [...jobs.map(cpuOfJob), ...clusters.flat().map(cpuOfSessionCluster)].reduce((sum, cpu) => sum + cpu, 0);
}

export const reconcile: Handler<'reconcile'> = async (_, { wake }) => {
  if (!(await wake.sweep())) throw new Problem('unavailable', 'Temporal cannot be reached; the sweep will run by its schedule once it can');
  return { code: 202, body: { message: 'the sweep was started' } };
};
