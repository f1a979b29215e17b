// How the embedded server is started, by whoever starts it.
import { PGlite } from '@electric-sql/pglite';

/** The default of 128 MB of buffers costs a laptop 150 MB and gains nothing at our sizes (`reference/stack.md` §1.1). */
export const START_PARAMS: string[] = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];
