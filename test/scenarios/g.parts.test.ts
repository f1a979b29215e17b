// The rows of group G on the simulated Flink.
import { ROWS } from './rows/all.ts';
import { playRows } from './stage/play-rows.ts';

playRows('simulated', ROWS.G);
