// Every row there is, of all groups.
import type { Row } from '../stage/row.ts';
import { A_MATRIX } from './a-matrix.ts';
import { A_UPGRADES } from './a-upgrades.ts';
import { C_ENDINGS } from './c-endings.ts';
import { C_OBSERVATION } from './c-observation.ts';
import { D_RECOVERY } from './d-recovery.ts';
import { E_ENDS } from './e-ends.ts';
import { F_SAVEPOINTS } from './f-savepoints.ts';

export const ROWS = {
  A: [...A_MATRIX, ...A_UPGRADES],
  C: [...C_OBSERVATION, ...C_ENDINGS],
  D: D_RECOVERY,
  E: E_ENDS,
  F: F_SAVEPOINTS,
} satisfies Readonly<Record<string, readonly Row[]>>;

export const ALL_ROWS: readonly Row[] = Object.values<readonly Row[]>(ROWS).flat();
