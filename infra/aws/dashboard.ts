// What an operator looks at first: the alarms, the fleet, the API, and the database where it is ours.
import { Duration, Stack } from 'aws-cdk-lib';
import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import type { Api } from './api.ts';
import type { Metrics } from './metrics.ts';

export interface Shown {
  readonly metrics: Metrics;
  readonly api: Api;
  readonly alarms: readonly Alarm[];
  readonly cluster: DatabaseCluster | undefined;
}

const graph = (title: string, left: readonly IMetric[]): GraphWidget => new GraphWidget({ title, left: [...left], width: 8, height: 6 });

export function createDashboard(scope: Construct, { metrics, api, alarms, cluster }: Shown): void {
  const { httpApi, handler, stream } = api;
  const dashboard = new Dashboard(scope, 'Dashboard', { dashboardName: Stack.of(scope).stackName, defaultInterval: Duration.hours(3) });
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 3 }));
  dashboard.addWidgets(
    graph('FAILED Deployments', [metrics.failedDeployments]),
    graph('Since the last sweep (s)', [metrics.sweepAge]),
    graph('Workflow task failures', [metrics.workflowTaskFailures]),
  );
  dashboard.addWidgets(
    graph('Work that waits', [metrics.backlog]),
    graph('How long it waits (ms)', [metrics.scheduleToStart]),
    graph(
      'Functions at work',
      [handler, stream].map(({ fn }) => fn.metric('ConcurrentExecutions', { statistic: 'Maximum' })),
    ),
  );
  dashboard.addWidgets(
    graph('Requests', [httpApi.metricCount({ statistic: 'Sum' }), stream.fn.metric('UrlRequestCount', { statistic: 'Sum' })]),
    graph('Refused and failed', [httpApi.metricClientError({ statistic: 'Sum' }), httpApi.metricServerError({ statistic: 'Sum' })]),
    graph('Latency (ms)', [httpApi.metricLatency({ statistic: 'p50' }), httpApi.metricLatency({ statistic: 'p99' })]),
  );
  if (cluster === undefined) return;
  dashboard.addWidgets(
    graph('Database: capacity (ACU)', [cluster.metricServerlessDatabaseCapacity()]),
    graph('Database: connections', [cluster.metricDatabaseConnections()]),
    graph('Database: processor (%)', [cluster.metricCPUUtilization()]),
  );
}
