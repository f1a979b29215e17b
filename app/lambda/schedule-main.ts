// The schedule's target as a Lambda function: has the fleet looked at, then writes how it does.
import { createScheduleHandler, type ScheduleReport } from '../../functions/schedule.ts';
import { ENVIRONMENT } from '../config.ts';
import { logger } from './container-log.ts';
import { toMetricLine } from './fleet-metrics.ts';
import { openContainer } from './open-container.ts';

const { wake, metrics } = openContainer(logger);
const reconcile = createScheduleHandler({ open: wake, log: logger });

export async function handler(event: unknown): Promise<ScheduleReport> {
  const report = await reconcile(event);
  if (report.reconciled)
    process.stdout.write(toMetricLine(await metrics(), { at: Date.now(), functionName: ENVIRONMENT['AWS_LAMBDA_FUNCTION_NAME'] ?? 'drey' }));
  return report;
}
