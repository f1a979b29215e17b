// Reading what a client sent to the simulated server: JSON or one uploaded file.
import type { IncomingMessage } from 'node:http';
import type { SimCall } from './sim-call.ts';

export async function readRequest(request: IncomingMessage): Promise<Pick<SimCall, 'body' | 'file'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return readUpload(bytes, type);
  return { body: bytes.length === 0 ? {} : (JSON.parse(bytes.toString('utf8')) as SimCall['body']) };
}

async function readUpload(bytes: Buffer, type: string): Promise<Pick<SimCall, 'body' | 'file'>> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  const files = [...form.values()].filter((value) => typeof value !== 'string');
  const [file] = files;
  if (file === undefined || files.length > 1) return { body: {} };
  return { body: {}, file: { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) } };
}
