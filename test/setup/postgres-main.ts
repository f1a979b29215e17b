// A throw-away PostgreSQL for whoever starts this file as a child process: prints `{"url":…}` on one line, and lives as long as its parent.
import { startPostgres } from '../fixtures/postgres.ts';
import { liveAsChild } from './live-as-child.ts';

const { url, stop } = await startPostgres();
liveAsChild({ url }, stop);
