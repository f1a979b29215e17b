// Every row there is, of all groups.
import type { Row } from '../stage/row.ts';
import { A_UPGRADES } from './a-upgrades.ts';

export const ALL_ROWS: readonly Row[] = [...A_UPGRADES];
