// Which paths of Flink's REST API the proxied Flink UI of one Job may read. Everything that is not listed does not exist: no cancel
// (`yarn-cancel` is a GET!), no jars (their `plan` runs user code), no thread dumps, flame graphs or profiler, no other job.
import type { FlinkJobId } from '../domain/ids.ts';

/** How an answer is passed on. */
export type FlinkUiPath =
  /** Files of the UI itself. */
  | { readonly kind: 'page'; readonly path: string }
  | { readonly kind: 'data'; readonly path: string }
  /** `/jobs/overview`: only this Job's entry. */
  | { readonly kind: 'jobs'; readonly path: string }
  /** `/config`: with the buttons for submitting and cancelling switched off. */
  | { readonly kind: 'config'; readonly path: string }
  /** Logs: always plain text. */
  | { readonly kind: 'log'; readonly path: string };

const PAGE =
  /^\/(?:index\.html|[\w.-]+\.(?:js|css|ico|map)|3rdpartylicenses\.txt|(?:assets|media|libs)\/(?:[\w@.-]+\/)*[\w@.-]+\.(?:js|css|map|json|xml|png|svg|ico|gif|jpg|ttf|woff2?))$/;

const JOB_PARTS = [
  'config|plan|exceptions|accumulators|metrics|status|resource-requirements',
  'checkpoints(?:/config|/details/\\d+(?:/subtasks/\\w+)?)?',
  'jobmanager/(?:config|environment|log-url)',
  'taskmanagers/[\\w.:-]+/log-url',
  'vertices/\\w+(?:/(?:accumulators|backpressure|metrics|watermarks|jm-operator-metrics|subtasktimes|taskmanagers|subtasks/(?:accumulators|metrics)))?',
  'vertices/\\w+/subtasks/\\d+(?:/metrics|/attempts/\\d+(?:/accumulators)?)?',
].join('|');

const DATA =
  /^\/(?:overview|jobs\/metrics|jobmanager\/(?:config|environment|metrics|logs)|taskmanagers(?:\/metrics)?|taskmanagers\/[\w.:-]+(?:\/metrics|\/logs)?)$/;
const LOG = /^\/(?:jobmanager|taskmanagers\/[\w.:-]+)\/(?:log|stdout|logs\/[\w.@+:-]+)$/;

/** The path below `…/jobs/{jobId}`, as it came in the request line, or undefined when it may not be read. */
export function flinkUiPath(raw: string, jobId: FlinkJobId): FlinkUiPath | undefined {
  const path = plain(raw);
  if (path === undefined) return undefined;
  if (path === '/') return { kind: 'page', path };
  if (path === '/config') return { kind: 'config', path };
  if (path === '/jobs/overview') return { kind: 'jobs', path };
  if (LOG.test(path)) return { kind: 'log', path };
  if (DATA.test(path) || new RegExp(`^/jobs/${jobId}(?:/(?:${JOB_PARTS}))?$`).test(path)) return { kind: 'data', path };
  return PAGE.test(path) ? { kind: 'page', path } : undefined;
}

/** Decoded once; undefined where decoding again, a slash in disguise or a step upwards could change what is asked for. */
function plain(raw: string): string | undefined {
  const segments = raw.split('/').map(decoded);
  const suspicious = segments.some((segment) => segment === undefined || segment === '.' || segment === '..' || /[%/\\?#\p{Cc}]/u.test(segment));
  return suspicious ? undefined : segments.join('/');
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
