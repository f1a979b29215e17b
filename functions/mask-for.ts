// What hides a Job's secret values in text that Flink wrote, for whoever serves such text. Nothing of a Flink cluster is answered without it.
import type { Job } from '../domain/job.ts';
import { createMask, HIDDEN, type Mask } from '../domain/mask.ts';
import { ownerOfJob } from '../domain/secret-value.ts';
import type { FunctionDeps } from './deps.ts';

/** `hide` for whole texts; `maskedStream` for long ones. */
export async function maskFor({ store }: Pick<FunctionDeps, 'store'>, job: Job): Promise<Mask> {
  return createMask(await store.secretValues.echoesOf(store.read, ownerOfJob(job)));
}

/** The same bytes where there is nothing to hide; else the text, decoded as UTF-8, without the values, wherever the chunks end. */
export function maskedStream(body: ReadableStream<Uint8Array> | null, mask: Mask): ReadableStream<Uint8Array> | null {
  const { longest } = mask;
  if (body === null || longest === 0) return body;
  let held = '';
  const pass = (end: number): string => {
    const { text, rest } = hideUpTo(held, mask, end);
    held = rest;
    return text;
  };
  const masking = new TransformStream<string, string>({
    transform(chunk, controller) {
      held += chunk;
      if (held.length >= longest) controller.enqueue(pass(held.length - longest + 1));
    },
    flush: (controller) => controller.enqueue(pass(held.length)),
  });
  return body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(masking)
    .pipeThrough(new TextEncoderStream() as TransformStream<string, Uint8Array>);
}

/** A value that begins before `end` is hidden whole; what follows stays for the next piece. */
function hideUpTo(held: string, { find }: Mask, end: number): { readonly text: string; readonly rest: string } {
  let text = '';
  let from = 0;
  for (let found = find(held, 0); found !== undefined && found.start < end; found = find(held, from)) {
    text += held.slice(from, found.start) + HIDDEN;
    from = found.end;
  }
  const cut = Math.max(from, end);
  return { text: text + held.slice(from, cut), rest: held.slice(cut) };
}
