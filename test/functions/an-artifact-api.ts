// Artifacts over the API, on a folder of one test's own: what the tests beside it share.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createStorage } from '../../flink/storage/create-storage.ts';
import type { FunctionSettings } from '../../functions/deps.ts';
import type { Store } from '../../store/store.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { anApi } from './an-api.ts';
import type { Answer, Api } from './an-api.ts';

export interface ArtifactApi extends Api {
  /** The blob root. */
  readonly root: string;
  readonly ns: string;
  /** `/artifacts/v1/namespaces/<ns>/artifacts` */
  readonly base: string;
  /** Where the artifacts of the namespace lie; exists. */
  readonly folder: string;
  readonly stored: () => readonly string[];
  /** What is half written, and addresses that were not used. */
  readonly leftovers: () => readonly string[];
  readonly upload: (form: FormData, headers?: Record<string, string>) => Promise<Answer>;
}

/** Forms of at most 100,000 bytes, sent files of at most 200,000. */
export async function anArtifactApi(store: Store, settings: Partial<FunctionSettings> = {}): Promise<ArtifactApi> {
  const root = temporaryFolder();
  const api = anApi(store, { uploads: createStorage({ blobRoot: root }).uploads, settings: { uploadLimit: 100_000, artifactLimit: 200_000, ...settings } });
  const ns = (await api.namespace()).split('/').at(-1) ?? '';
  const base = `/artifacts/v1/namespaces/${ns}/artifacts`;
  const folder = join(root, 'artifacts/namespaces', ns);
  mkdirSync(folder, { recursive: true });
  const namesIn = (path: string): readonly string[] => (existsSync(path) ? readdirSync(path) : []);
  return {
    ...api,
    root,
    ns,
    base,
    folder,
    stored: () => namesIn(folder),
    leftovers: () => namesIn(join(root, 'artifacts/.uploads')),
    upload: (body, headers = { Authorization: 'Bearer t' }) => api.request(`${base}:upload`, { method: 'POST', body, headers }),
  };
}

export function aForm(name: string, content: string | Uint8Array<ArrayBuffer> = 'PK jar'): FormData {
  const form = new FormData();
  form.append('file', new Blob([content]), name);
  return form;
}
