// What the schedule's function measures of the fleet and writes into its log, by name.
import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

export interface Metrics {
  /** Since the last look at the whole fleet, in seconds. */
  readonly sweepAge: Metric;
  readonly workflowTaskFailures: Metric;
  /** How long work waits for a worker, in milliseconds. */
  readonly scheduleToStart: Metric;
  /** Work that waits for a worker. */
  readonly backlog: Metric;
  readonly failedDeployments: Metric;
}

export function metricsOf({ functionName }: IFunction): Metrics {
  const metric = (metricName: string, statistic: string): Metric =>
    new Metric({ namespace: 'drey', metricName, statistic, dimensionsMap: { FunctionName: functionName }, period: Duration.minutes(1) });
  return {
    sweepAge: metric('SweepAge', Stats.MAXIMUM),
    workflowTaskFailures: metric('WorkflowTaskFailures', Stats.MAXIMUM),
    scheduleToStart: metric('ScheduleToStart', Stats.MAXIMUM),
    backlog: metric('Backlog', Stats.MAXIMUM),
    failedDeployments: metric('FailedDeployments', Stats.MAXIMUM),
  };
}
