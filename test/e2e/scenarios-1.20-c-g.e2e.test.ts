// The scenarios of groups C to G on real Flink 1.20.0: the rows that it can be brought to, one after another.
import { ALL_ROWS } from '../scenarios/rows/all.ts';
import { playRows } from '../scenarios/stage/play-rows.ts';

playRows(
  'real 1.20.0',
  ALL_ROWS.filter(({ id }) => !/^[AB]/.test(id)),
);
