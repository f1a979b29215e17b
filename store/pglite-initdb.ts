// The whole of a child process: makes an empty database in the directory it is given, and ends.
import { PGlite } from '@electric-sql/pglite';
import { START_PARAMS } from './pglite-start-params.ts';

const pglite = await PGlite.create({ dataDir: process.argv[2] ?? '', startParams: START_PARAMS });
await pglite.query('checkpoint');
await pglite.close();
