// The scenarios on real Flink 2.3.0: the rows that it can be brought to, one after another.
import { ALL_ROWS } from '../scenarios/rows/all.ts';
import { playRows } from '../scenarios/stage/play-rows.ts';

playRows('real 2.3.0', ALL_ROWS);
