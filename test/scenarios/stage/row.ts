// A row of the scenario tables as a value: its id, the sentence it proves, where it can be played, and the play. Starts nothing.
import type { Policy } from '../../../domain/view.ts';
import { type Mode, type Stage, type World, WORLDS } from './stage.ts';

/** What is checked after every row (laws.ts); a row that must break one of them says so. */
export type Law = 'oneJob' | 'recordedFirst' | 'neverEmpty' | 'exactRestore' | 'explained';

export interface Row {
  /** 'A13'; several rows may share one. */
  readonly id: string;
  /** A sentence of behaviour, about "it": the Deployment. */
  readonly title: string;
  readonly on: readonly World[];
  /** Application mode unless given; one test for each. */
  readonly modes?: readonly Mode[];
  /** On real Flink, where a session cluster is quick and a cluster for each Job is slow; `modes` unless given. */
  readonly realModes?: readonly Mode[];
  /** A platform of its own with these limits instead of the usual, short ones (open-stage.ts). */
  readonly policy?: Partial<Policy>;
  readonly breaks?: readonly Law[];
  /** How long it may take at most; play-rows.ts says how much, unless given. */
  readonly limitMs?: number;
  play(stage: Stage): Promise<void>;
}

export const EVERYWHERE: readonly World[] = WORLDS;
export const SIMULATED: readonly World[] = ['simulated'];
/** For what does not depend on the version of Flink. */
export const ONE_REAL: readonly World[] = ['simulated', 'real 1.20.0'];
export const BOTH_MODES: readonly Mode[] = ['application', 'session'];

export function row(definition: Row): Row {
  if (!/^[A-I]\d+$/.test(definition.id)) throw new Error(`"${definition.id}" is not the id of a row`);
  return definition;
}

export function modesOf({ modes = ['application'], realModes = modes }: Row, world: World): readonly Mode[] {
  return world === 'simulated' ? modes : realModes;
}
