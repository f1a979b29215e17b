// The API in a container that is frozen between events: whatever is kept may find its peer gone when it wakes. Whether the database answers is known
// within 3 s, before a request begins: one that met a broken connection could not say whether it was stored.
import type { Logger } from '../../functions/deps.ts';
import { Problem } from '../../functions/problem.ts';
import type { Store } from '../../store/store.ts';
import type { Config } from '../config.ts';
import { kept } from '../kept.ts';
import { openApi, type OpenedApi } from '../open-api.ts';
import { readRemoteConfig } from '../remote-config.ts';
import { StartProblem } from '../start-problem.ts';

/** Put in by the build. */
declare const DREY_VERSION: string;

export interface ThawedApi {
  fetch(request: Request): Promise<Response>;
}

/** A container works on one event at a time, which needs two connections at most. */
const MOST_BROKEN = 3;
/** A connection that is silent for so long is given up, and the others with it. */
const SILENT_MS = 1000;
/** An event has 6 MB at most, and its body is in base64: a file of 4.5 MB, less what the form and the headers take. */
const EVENT_UPLOAD_BYTES = 4 * 2 ** 20;
/** From the event to the answer that the database does not answer. */
const PATIENCE_MS = 3000;
const SILENT = 'the database does not answer: try again';
const NOT_SET_UP = 'drey is not set up here, or what it needs does not answer: the log of this function says which setting';

/** What it returns rejects with a Problem that says what is missing, as far as anybody may know; the log says it in full. */
export function createThawedApi(log: Logger): () => Promise<ThawedApi> {
  const api = kept(async () => openApi(withinEvents(await readRemoteConfig()), DREY_VERSION));
  /** Whether an earlier request gave up waiting: an opening that fails then says nothing about now. */
  let isLate = false;
  const openNew = async (): Promise<OpenedApi> => {
    const opening = isLate ? api.get().catch(() => api.get()) : api.get();
    isLate = false;
    return opening.catch((error: unknown) => {
      log.error({ err: error }, 'the API cannot be opened');
      throw error instanceof StartProblem ? new Problem('unavailable', NOT_SET_UP) : error;
    });
  };
  /** Closed beside what comes next: a connection that is silent is not soon closed. */
  const letGo = (opened: OpenedApi): void => {
    if (api.forget()) opened.close().catch((error: unknown) => log.error({ err: error }, 'what was let go could not be closed'));
  };
  const open = async (): Promise<OpenedApi> => {
    const opened = await openNew();
    if (await thaw(opened.store)) return opened;
    letGo(opened);
    return openNew();
  };
  return async () => {
    const opened = await soon(open(), () => (isLate = true));
    return {
      async fetch(request) {
        const response = await opened.app.fetch(request);
        // What it needs is away, or its settings have changed: a password, a key, the address of a database.
        if (response.status === 503) letGo(opened);
        return response;
      },
    };
  };
}

/** Larger uploads are told of the way past Lambda by drey, as long as they get here at all. */
function withinEvents(config: Config): Config {
  return { ...config, uploadLimit: Math.min(config.uploadLimit, EVENT_UPLOAD_BYTES) };
}

/** Lets go of connections that broke. Each failed attempt takes one out of the pool; false when there are no others, or when one is silent. */
async function thaw(store: Store): Promise<boolean> {
  const until = performance.now() + SILENT_MS;
  for (let attempt = 1; attempt <= MOST_BROKEN && performance.now() < until; attempt += 1) {
    const answers = await store.ping(SILENT_MS).then(
      () => true,
      () => false,
    );
    if (answers) return true;
  }
  return false;
}

/** What takes longer goes on, for the next request. */
async function soon<T>(work: Promise<T>, onLate: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onLate();
      reject(new Problem('unavailable', SILENT));
    }, PATIENCE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
