// Every row there is, of all groups.
import type { Row } from '../stage/row.ts';
import { A_MATRIX } from './a-matrix.ts';
import { A_EDITS } from './a-edits.ts';
import { A_LOST_STATE } from './a-lost-state.ts';
import { A_RANDOM_EDITS } from './a-random-edits.ts';
import { A_RETENTION } from './a-retention.ts';
import { A_SECOND_EDIT } from './a-second-edit.ts';
import { A_UNHEALTHY } from './a-unhealthy.ts';
import { A_UPGRADES } from './a-upgrades.ts';
import { A_VERSIONS } from './a-versions.ts';
import { B_HIGH_AVAILABILITY } from './b-high-availability.ts';
import { C_ANSWERS } from './c-answers.ts';
import { C_ENDINGS } from './c-endings.ts';
import { C_OBSERVATION } from './c-observation.ts';
import { C_PROGRESS } from './c-progress.ts';
import { D_CLUSTERS } from './d-clusters.ts';
import { D_HEALTH } from './d-health.ts';
import { D_RECOVERY } from './d-recovery.ts';
import { E_CLUSTERS } from './e-clusters.ts';
import { E_ENDS } from './e-ends.ts';
import { E_STOPS } from './e-stops.ts';
import { F_ATTEMPTS } from './f-attempts.ts';
import { F_SAVEPOINTS } from './f-savepoints.ts';
import { G_PLACES } from './g-places.ts';
import { G_SPEC } from './g-spec.ts';
import { G_STORED } from './g-stored.ts';

export const ROWS = {
  A: [...A_MATRIX, ...A_UPGRADES, ...A_RETENTION, ...A_VERSIONS, ...A_EDITS, ...A_SECOND_EDIT, ...A_LOST_STATE, ...A_UNHEALTHY, ...A_RANDOM_EDITS],
  B: B_HIGH_AVAILABILITY,
  C: [...C_OBSERVATION, ...C_ANSWERS, ...C_ENDINGS, ...C_PROGRESS],
  D: [...D_RECOVERY, ...D_CLUSTERS, ...D_HEALTH],
  E: [...E_ENDS, ...E_STOPS, ...E_CLUSTERS],
  F: [...F_SAVEPOINTS, ...F_ATTEMPTS],
  G: [...G_SPEC, ...G_PLACES, ...G_STORED],
} satisfies Readonly<Record<string, readonly Row[]>>;

export const ALL_ROWS: readonly Row[] = Object.values<readonly Row[]>(ROWS).flat();
