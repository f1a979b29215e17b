// Everything of one installation, in one stack.
import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { createAlarms } from './alarms.ts';
import { createApi } from './api.ts';
import { createDashboard } from './dashboard.ts';
import { createFoundation, type Foundation } from './foundation.ts';
import { metricsOf } from './metrics.ts';
import { createSchedule } from './schedule.ts';
import type { Settings } from './settings.ts';
import { createWorkerContainers } from './worker-containers.ts';
import { createWorkerFunction } from './worker-function.ts';

export function createStack(app: App, settings: Settings): Stack {
  const stack = new Stack(app, settings.name, { description: 'drey: a control plane for Apache Flink Deployments' });
  const foundation = createFoundation(stack, settings);
  const api = createApi(stack, foundation);
  const schedule = createSchedule(stack, foundation);
  const metrics = metricsOf(schedule.fn);
  if (settings.worker.kind === 'fargate') createWorkerContainers(stack, foundation, { metrics, ...settings.worker });
  else createWorkerFunction(stack, foundation, settings.worker);
  const alarms = createAlarms(stack, foundation, { metrics, api });
  createDashboard(stack, { metrics, api, alarms, cluster: foundation.database.cluster });
  output(stack, foundation);
  return stack;
}

function output(stack: Stack, { storage, key, secrets, network, bus }: Foundation): void {
  const { securityGroupId } = network.securityGroup;
  new CfnOutput(stack, 'BlobRoot', { description: 'Where savepoints, checkpoints and artifacts lie', value: storage.root });
  new CfnOutput(stack, 'KeyArn', { description: 'What encrypts them: Flink must be allowed to use it, too', value: key.keyArn });
  new CfnOutput(stack, 'EventBusName', { description: 'Where drey tells what happened', value: bus.eventBusName });
  new CfnOutput(stack, 'SecurityGroupId', { description: 'Of functions and workers: what they must reach lets it in', value: securityGroupId });
  if (secrets.adminToken === undefined) return;
  new CfnOutput(stack, 'AdminTokenSecret', { description: 'The secret that holds the first token of an admin', value: secrets.adminToken.secretArn });
}
