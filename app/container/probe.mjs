// The health check of the images, which hold no curl: ends with 0 when the program in this container answers on the port it is given, 8080 without one.
const [port = '8080'] = process.argv.slice(2);
const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4000) }).catch(() => undefined);
process.exit(answer?.ok ? 0 : 1);
