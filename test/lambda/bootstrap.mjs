// What Lambda's own runtime does for a Node function, in a process of its own: fetches invocations from the Runtime API (AWS_LAMBDA_RUNTIME_API),
// calls the handler that _HANDLER names, and posts what comes of it; streams are posted as they are written, behind a head and eight zeros.
import { request } from 'node:http';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const STREAMED = Symbol('streamed');

/**
 * Plain HTTP, as the runtime's own client: `fetch` would be loaded for this alone.
 * @param {'GET' | 'POST'} method @param {string} path @param {string | PassThrough} [body]
 * @returns {Promise<{ headers: import('node:http').IncomingHttpHeaders, text: string }>}
 */
function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const asked = request(`${api}/${path}`, { method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (text += chunk));
      response.on('end', () => resolve({ headers: response.headers, text }));
    });
    asked.on('error', reject);
    if (body instanceof PassThrough) body.pipe(asked);
    else asked.end(body);
  });
}

Reflect.set(globalThis, 'awslambda', {
  streamifyResponse: (/** @type {Function} */ handle) => Object.assign(handle, { [STREAMED]: true }),
  HttpResponseStream: {
    from(/** @type {PassThrough} */ stream, /** @type {object} */ head) {
      stream.write(JSON.stringify(head));
      stream.write(Buffer.alloc(8));
      return stream;
    },
  },
});

/** @param {string} path @param {unknown} body */
async function post(path, body) {
  await ask('POST', path, JSON.stringify(body));
}

const [file, name] = /** @type {[string, string]} */ (/** @type {string} */ (process.env._HANDLER).split('#'));
const loaded = await import(pathToFileURL(file).href).catch(async (error) => {
  await post('init/error', { errorType: error.name, errorMessage: error.message });
  process.exit(1);
});
const handle = loaded[name] ?? loaded.default[name];

for (;;) {
  const { headers, text } = await ask('GET', 'invocation/next');
  const id = /** @type {string} */ (headers['lambda-runtime-aws-request-id']);
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const event = JSON.parse(text);
  const context = {
    awsRequestId: id,
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:drey',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    if (handle[STREAMED]) {
      const stream = new PassThrough();
      const posted = ask('POST', `invocation/${id}/response`, stream);
      await handle(event, stream, context);
      await posted;
    } else await post(`invocation/${id}/response`, await handle(event, context));
  } catch (thrown) {
    const { name: errorType, message: errorMessage } = /** @type {Error} */ (thrown);
    await post(`invocation/${id}/error`, { errorType, errorMessage });
  }
}
