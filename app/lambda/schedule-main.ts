// The schedule's target as a Lambda function.
import { createScheduleHandler } from '../../functions/schedule.ts';
import { logger } from './container-log.ts';
import { openContainer } from './open-container.ts';

export const handler = createScheduleHandler({ open: openContainer(logger).wake, log: logger });
