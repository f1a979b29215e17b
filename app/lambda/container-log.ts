// The log of a container before its configuration is known: there is nothing to be hidden yet.
import { createLogger, createUnspeakable } from '../log.ts';

export const logger = createLogger(process.stdout, createUnspeakable([]));
