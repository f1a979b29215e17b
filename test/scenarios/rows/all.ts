// Every row there is, of all groups.
import type { Row } from '../stage/row.ts';
import { A_MATRIX } from './a-matrix.ts';
import { A_UPGRADES } from './a-upgrades.ts';
import { C_OBSERVATION } from './c-observation.ts';
import { D_RECOVERY } from './d-recovery.ts';
import { E_CLUSTERS } from './e-clusters.ts';
import { E_ENDS } from './e-ends.ts';
import { E_STOPS } from './e-stops.ts';
import { F_ATTEMPTS } from './f-attempts.ts';
import { F_SAVEPOINTS } from './f-savepoints.ts';
import { G_PLACES } from './g-places.ts';
import { G_SPEC } from './g-spec.ts';

export const ROWS = {
  A: [...A_MATRIX, ...A_UPGRADES],
  C: C_OBSERVATION,
  D: D_RECOVERY,
  E: [...E_ENDS, ...E_STOPS, ...E_CLUSTERS],
  F: [...F_SAVEPOINTS, ...F_ATTEMPTS],
  G: [...G_SPEC, ...G_PLACES],
} satisfies Readonly<Record<string, readonly Row[]>>;

export const ALL_ROWS: readonly Row[] = Object.values<readonly Row[]>(ROWS).flat();
