// When somebody must look: what is wrong is said by the description of the alarm, and told by a topic.
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Api } from './api.ts';
import type { Foundation } from './foundation.ts';
import type { Metrics } from './metrics.ts';

interface AlarmOrder extends Pick<AlarmProps, 'metric' | 'threshold' | 'evaluationPeriods' | 'datapointsToAlarm'> {
  readonly id: string;
  readonly says: string;
  /** Silence is an alarm, too. */
  readonly breaksWhenMissing?: boolean;
}

export function createAlarms(parent: Construct, foundation: Foundation, watched: { readonly metrics: Metrics; readonly api: Api }): readonly Alarm[] {
  const scope = new Construct(parent, 'Alarms');
  const topic = createTopic(scope, foundation);
  return [...fleetAlarms(watched.metrics), ...apiAlarms(watched.api)].map(({ id, says, breaksWhenMissing = false, ...rule }) => {
    const alarm = new Alarm(scope, id, {
      ...rule,
      alarmDescription: says,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: breaksWhenMissing ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    return alarm;
  });
}

function fleetAlarms({ sweepAge, workflowTaskFailures, scheduleToStart, failedDeployments }: Metrics): readonly AlarmOrder[] {
  return [
    {
      id: 'NoSweep',
      says: 'Nobody has looked at the whole fleet for five minutes: workers, Temporal or the schedule stand still.',
      metric: sweepAge.with({ period: Duration.minutes(5) }),
      threshold: 300,
      evaluationPeriods: 1,
      breaksWhenMissing: true,
    },
    {
      id: 'WorkflowTaskFailures',
      says: 'Runs cannot go on with the code of the workers: release the build before, or a repaired one.',
      metric: workflowTaskFailures,
      threshold: 0,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
    },
    {
      id: 'ScheduleToStart',
      says: 'Work waits for more than a minute for a worker: there are too few, or none of the current build.',
      metric: scheduleToStart,
      threshold: 60_000,
      evaluationPeriods: 5,
    },
    {
      id: 'FailedDeployments',
      says: 'A Deployment is FAILED: its annotation drey.dev/because says why.',
      metric: failedDeployments,
      threshold: 0,
      evaluationPeriods: 1,
    },
  ];
}

function apiAlarms({ httpApi, stream }: Api): readonly AlarmOrder[] {
  const rule = { threshold: 0, evaluationPeriods: 5, datapointsToAlarm: 3 };
  const eachMinute = { period: Duration.minutes(1), statistic: 'Sum' };
  const streamErrors: IMetric = stream.fn.metric('Url5xxCount', eachMinute);
  return [
    { id: 'ApiErrors', says: 'The API answers with 5xx: the log of its function says why.', metric: httpApi.metricServerError(eachMinute), ...rule },
    { id: 'StreamErrors', says: 'The API for streams answers with 5xx: the log of its function says why.', metric: streamErrors, ...rule },
  ];
}

function createTopic(scope: Construct, { key, settings }: Foundation): Topic {
  const topic = new Topic(scope, 'Topic', { displayName: `drey: ${settings.name}`, masterKey: key, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'Alarms',
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  if (settings.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
  new CfnOutput(scope, 'TopicArn', { description: 'Where alarms are told', value: topic.topicArn });
  return topic;
}
