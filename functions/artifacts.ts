// Artifacts that users upload, in the style of the platform API (vvp.md §1.12, §4.6). They lie in the blob root alone: what was put there by
// other means is listed, too, and the store knows nothing of them.
import { faultOfArtifactName } from '../domain/artifact-name.ts';
import type { UploadedArtifact } from '../flink/storage/storage.ts';
import type { FunctionDeps } from './deps.ts';
import { missing, mustExist } from './find.ts';
import type { Handler } from './handler.ts';
import { toWholeSeconds } from './instants.ts';
import { Problem } from './problem.ts';

function present({ filename, uri, createdAt }: UploadedArtifact) {
  return { filename, uri, createTime: toWholeSeconds(createdAt) };
}

export const uploadArtifact: Handler<'uploadArtifact'> = async ({ params: { namespace }, file }, { flink }) => {
  const { filename = '', content } = file;
  const fault = faultOfArtifactName(filename);
  if (fault !== undefined) throw new Problem('invalid', fault, 'filename');
  return { code: 200, body: { artifact: present(await flink.uploads.put({ namespace, filename }, content)) } };
};

export const listArtifacts: Handler<'listArtifacts'> = async ({ params }, { flink }) => {
  const found = await flink.uploads.list(params.namespace);
  return { code: 200, body: { artifacts: found.map(present) } };
};

export const getArtifact: Handler<'getArtifact'> = async ({ params, query }, deps) => find(deps, { ...params, ...query });

export const getArtifactByPath: Handler<'getArtifactByPath'> = async ({ params }, deps) => find(deps, params);

interface Wanted {
  readonly namespace: string;
  readonly filename: string;
}

async function find({ flink }: FunctionDeps, { namespace, filename }: Wanted) {
  if (faultOfArtifactName(filename) !== undefined) throw missing('artifact', filename);
  const found = mustExist(await flink.uploads.find({ namespace, filename }), 'artifact', filename);
  return { code: 200 as const, body: { artifact: present(found) } };
}

export const deleteArtifact: Handler<'deleteArtifact'> = async ({ params, query }, { flink }) => {
  const removed = mustExist(await flink.uploads.remove({ ...params, ...query }), 'artifact', query.filename);
  return { code: 200, body: { artifact: present(removed) } };
};

/** For what is too large for a form. Whoever has the address needs no other permission. */
export const presignArtifact: Handler<'presignArtifact'> = async ({ params: { namespace }, body, origin }, { flink, store }) => {
  const { url, expiresAt } = await flink.uploads.address({ namespace, filename: body.filename }, await store.now(store.read));
  return { code: 200, body: { upload: { method: 'PUT', url: new URL(url, origin).href, expireTime: toWholeSeconds(expiresAt) } } };
};

export const receiveUpload: Handler<'receiveUpload'> = async ({ params, file }, { flink, store }) => {
  const place = await flink.uploads.redeem(params.token, await store.now(store.read));
  const namespace = place && (await store.namespaces.find(store.read, place.namespace));
  if (place === undefined || namespace === undefined || namespace.terminatingSince !== undefined)
    throw new Problem('notFound', 'this address was used, or its time is over: ask for another one');
  return { code: 200, body: { artifact: present(await flink.uploads.put(place, file.content)) } };
};
