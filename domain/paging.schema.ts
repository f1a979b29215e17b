// How a list is asked for in pages. Without `limit` a list is whole, as clients of vvp.md §4.1 expect.
import * as z from 'zod';
import { int32 } from './scalar.schema.ts';

const MOST = 10_000;

/** Query parameters of every list. */
export const paging = {
  /** At most so many items; the answer's metadata.continue asks for the next ones. */
  limit: int32(1, MOST).optional().meta({ type: 'integer', minimum: 1, maximum: MOST }),
  /** metadata.continue of the page before. It holds the filters of that list. */
  continue: z.string().min(1).max(4096).optional(),
};

export const pagingSchema = z.object(paging);

/** What metadata.continue is made of: the kind of the list and its namespace, the filters, and where the page ended. */
export const continuationSchema = z.tuple([z.string(), z.string(), z.record(z.string(), z.string()), z.unknown()]);

export const nameKey = z.string().min(1).max(250);
/** Microseconds and id. */
export const timeKey = z.tuple([z.number().int().min(0).max(8_640_000_000_000_000), z.guid()]);
export const idKey = z.guid().toLowerCase();
