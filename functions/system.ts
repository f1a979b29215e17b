// What the platform says about itself, and the request to look for drift now.
import { globalDefaults } from '../domain/defaults.ts';
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

export const reconcile: Handler<'reconcile'> = async (_, { wake }) => {
  if (!(await wake.sweep())) throw new Problem('unavailable', 'Temporal cannot be reached; the sweep will run by its schedule once it can');
  return { code: 202, body: { message: 'the sweep was started' } };
};
