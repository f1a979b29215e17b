// Group A on the simulated Flink.
import { A_UPGRADES } from './rows/a-upgrades.ts';
import { playRows } from './stage/play-rows.ts';

playRows('simulated', A_UPGRADES);
