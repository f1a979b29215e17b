// The API as a Lambda function: `handler` answers in one piece, `stream` as the answer is written (a Function URL with RESPONSE_STREAM).
import { createApiHandler, createStreamingApiHandler } from '../../functions/lambda.ts';
import { logger } from './container-log.ts';
import { openContainer } from './open-container.ts';

const { app: open } = openContainer(logger);

export const handler = createApiHandler({ open, logger });

/** Undefined where Lambda does not run this. */
export const stream = 'awslambda' in globalThis ? createStreamingApiHandler({ open, logger }) : undefined;
