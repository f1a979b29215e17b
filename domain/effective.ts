// The effective Flink configuration of a Job: the user's keys, drey's defaults where the user is silent, placeholders resolved.
// Compared never (D24), shown as `Job.spec.flinkConfiguration`.
import type { FullTemplate } from './deployment.ts';
import type { DeploymentId, JobId } from './ids.ts';

export interface JobDirectories {
  readonly savepoints: string;
  readonly checkpoints: string;
  readonly archive: string;
}

export interface EffectiveInput {
  readonly template: FullTemplate;
  readonly namespace: string;
  readonly deploymentId: DeploymentId;
  readonly jobId: JobId;
  readonly directories: JobDirectories;
}

/** Old and new spelling of a key; the old one is written, the user may have used either (`reference/flink.md` §1.7). */
const SPELLINGS: readonly (readonly [string, ...string[]])[] = [
  ['state.savepoints.dir', 'execution.checkpointing.savepoint-dir'],
  ['state.checkpoints.dir', 'execution.checkpointing.dir'],
  ['state.checkpoints.num-retained', 'execution.checkpointing.num-retained'],
  ['execution.checkpointing.externalized-checkpoint-retention'],
  ['jobmanager.archive.fs.dir'],
];

/** design.md §5, "Defaults drey adds". */
export function effectiveConfiguration(input: EffectiveInput): Readonly<Record<string, string>> {
  const user = resolved(input);
  const { savepoints, checkpoints, archive } = input.directories;
  const defaults = [savepoints, checkpoints, '3', 'RETAIN_ON_CANCELLATION', archive];
  const added = SPELLINGS.flatMap((spellings, i) => (spellings.some((key) => user[key] !== undefined) ? [] : [[spellings[0], defaults[i] ?? '']]));
  return { ...Object.fromEntries(added), ...user };
}

/** Placeholders `{{ namespace }}`, `{{ deploymentId }}`, `{{ jobId }}` (vvp.md §1.15); another name stays as it is. */
function resolved({ template, namespace, deploymentId, jobId }: EffectiveInput): Record<string, string> {
  const values = new Map<string, string>(Object.entries({ namespace, deploymentid: deploymentId, jobid: jobId }));
  const fill = (text: string): string => text.replace(/\{\{\s*([A-Za-z]+)\s*\}\}/g, (whole, name: string) => values.get(name.toLowerCase()) ?? whole);
  return Object.fromEntries(Object.entries(template.spec.flinkConfiguration).map(([key, value]) => [key, fill(value)]));
}

/** The directory below which this Job's checkpoints lie. */
export function checkpointDirectoryOf(configuration: Readonly<Record<string, string>>): string | undefined {
  return configuration['state.checkpoints.dir'] ?? configuration['execution.checkpointing.dir'];
}

const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g;
const QUOTED = /"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>[^']*)'|\\(?<escaped>.)/g;

/** Program arguments of `mainArgs`, split as a shell would: blanks separate, quotes and backslashes keep. */
export function splitArguments(mainArgs: string | undefined): readonly string[] {
  return [...(mainArgs ?? '').matchAll(WORD)].map(([word]) => {
    let bare = '';
    let from = 0;
    for (const quoted of word.matchAll(QUOTED)) {
      const { double, single, escaped } = quoted.groups ?? {};
      bare += word.slice(from, quoted.index) + (double?.replace(/\\(["\\])/g, '$1') ?? single ?? escaped ?? '');
      from = quoted.index + quoted[0].length;
    }
    return bare + word.slice(from);
  });
}
