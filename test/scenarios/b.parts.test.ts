// The rows of group B on the simulated Flink.
import { ROWS } from './rows/all.ts';
import { playRows } from './stage/play-rows.ts';

playRows('simulated', ROWS.B);
