// GET /metrics in the format of Prometheus: whatever is in the registry, plus what only the store knows.
import { Gauge } from 'prom-client';
import type { Phase } from '../domain/deployment.ts';
import type { FunctionDeps, HttpApp } from './deps.ts';

const STATES: readonly Phase[] = ['RUNNING', 'SUSPENDED', 'CANCELLED', 'TRANSITIONING', 'FAILED', 'FINISHED'];
const DEPLOYMENTS = 'drey_deployments';

export function serveMetrics(app: HttpApp, { store, registry }: FunctionDeps): void {
  if (registry.getSingleMetric(DEPLOYMENTS) === undefined) {
    new Gauge({
      name: DEPLOYMENTS,
      help: 'Deployments by status.state',
      labelNames: ['state'],
      registers: [registry],
      async collect() {
        const counts = await store.deployments.countByState(store.read);
        for (const state of STATES) this.set({ state }, counts[state] ?? 0);
      },
    });
  }
  app.get('/metrics', async (context) => context.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType }));
}
