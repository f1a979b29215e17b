// Requests that only a socket can send: what each is, its bytes, and how it is answered. `document` would make a Deployment if it were taken.

export interface RawRequest {
  readonly what: string;
  readonly bytes: string;
  /** The first answer; none where the connection is closed without a word. */
  readonly status: readonly number[];
}

/** The connection is closed without a word. */
const SILENCE = 0;

export interface RawTarget {
  /** `/api/v1/namespaces/<ns>/deployments` */
  readonly path: string;
  readonly document: string;
}

const CRLF = '\r\n';
const head = (line: string, headers: readonly string[]): string => [line, ...headers, '', ''].join(CRLF);
const HOST = 'Host: localhost';
const JSON_TYPE = 'Content-Type: application/json';

/** In UTF-8 and HTTP's chunks. */
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}${CRLF}${text}${CRLF}`;

function ofFraming({ path, document }: RawTarget): readonly RawRequest[] {
  const length = Buffer.byteLength(document);
  const post = (headers: readonly string[], body: string, line = `POST ${path} HTTP/1.1`): string => head(line, [HOST, JSON_TYPE, ...headers]) + body;
  const smuggled = `0${CRLF}${CRLF}${post([`Content-Length: ${length}`], document)}`;
  const refused = (what: string, bytes: string, ...status: readonly number[]): RawRequest => ({ what, bytes, status: status.length === 0 ? [400] : status });
  return [
    refused('a length and chunks', post([`Content-Length: ${smuggled.length}`, 'Transfer-Encoding: chunked'], smuggled)),
    refused('chunks and a length', post(['Transfer-Encoding: chunked', 'Content-Length: 4'], smuggled)),
    refused('two lengths', post([`Content-Length: ${length}`, 'Content-Length: 0'], document)),
    refused('two lengths that agree', post([`Content-Length: ${length}`, `Content-Length: ${length}`], document)),
    refused('two lengths in one line', post([`Content-Length: ${length}, ${length}`], document)),
    refused('a negative length', post(['Content-Length: -1'], document)),
    refused('a length with a sign', post([`Content-Length: +${length}`], document)),
    refused('a hexadecimal length', post([`Content-Length: 0x${length.toString(16)}`], document)),
    refused('a length beyond 64 bits', post(['Content-Length: 99999999999999999999999'], document)),
    refused('a length of words', post(['Content-Length: all'], document)),
    refused('a length of 2 MiB', post([`Content-Length: ${2 ** 21}`], ''), 413),
    refused('another coding', post(['Transfer-Encoding: gzip'], document)),
    refused('chunks that are not the last coding', post(['Transfer-Encoding: chunked, gzip'], chunk(document))),
    refused('a coding that looks like chunks', post(['Transfer-Encoding: xchunked'], chunk(document))),
    refused('a coding with a vertical tab', post(['Transfer-Encoding: \vchunked'], smuggled)),
    refused('a blank before the colon', post(['Transfer-Encoding : chunked'], smuggled)),
    refused('chunks of HTTP/1.0 with a length', post([`Content-Length: ${length}`, 'Transfer-Encoding: chunked'], smuggled, `POST ${path} HTTP/1.0`)),
    refused('a chunk of no size', post(['Transfer-Encoding: chunked'], `x${CRLF}${document}${CRLF}0${CRLF}${CRLF}`)),
    refused('a chunk of a negative size', post(['Transfer-Encoding: chunked'], `-5${CRLF}${document}${CRLF}0${CRLF}${CRLF}`)),
    refused('a chunk of more bits than 64', post(['Transfer-Encoding: chunked'], `${'f'.repeat(17)}${CRLF}${document}${CRLF}0${CRLF}${CRLF}`)),
    refused('a chunk that is longer than it says', post(['Transfer-Encoding: chunked'], `1${CRLF}${document}${CRLF}0${CRLF}${CRLF}`)),
    refused('a chunk with endless extensions', post(['Transfer-Encoding: chunked'], `1;${'a'.repeat(100_000)}${CRLF}{${CRLF}0${CRLF}${CRLF}`), 413, 400),
    refused('half of a document in chunks', post(['Transfer-Encoding: chunked'], `${chunk(document.slice(0, 20))}0${CRLF}${CRLF}`)),
    refused('too much in chunks', post(['Transfer-Encoding: chunked'], chunk('x'.repeat(2 ** 20 + 1)) + chunk('')), 413),
  ];
}

function ofHeads({ path, document }: RawTarget): readonly RawRequest[] {
  const sound = [JSON_TYPE, `Content-Length: ${Buffer.byteLength(document)}`];
  const post = (headers: readonly string[], line = `POST ${path} HTTP/1.1`): string => head(line, [...headers, ...sound]) + document;
  const refused = (what: string, bytes: string, ...status: readonly number[]): RawRequest => ({ what, bytes, status: status.length === 0 ? [400] : status });
  return [
    refused('one header of 20 KB', post([HOST, `X-Long: ${'x'.repeat(20_000)}`]), 431),
    refused('headers of 20 KB', post([HOST, ...Array.from({ length: 200 }, (_, i) => `X-${i}: ${'x'.repeat(100)}`)]), 431),
    refused('a cookie of 1 MB', post([HOST, `Cookie: ${'x'.repeat(1_000_000)}`]), 431),
    refused('a header without a colon', post([HOST, 'X-Nothing'])),
    refused('a header without a name', post([HOST, ': x'])),
    refused('a header with a blank in its name', post([HOST, 'X Y: z'])),
    refused('a folded header', post([HOST, 'X-Folded: a', ' b'])),
    refused('a folded length', `${head(`POST ${path} HTTP/1.1`, [HOST, JSON_TYPE, 'Content-Length:', ' 5'])}${document}`),
    refused('NUL in a header', post([HOST, 'X-Nul: a\0b'])),
    refused('a lone carriage return in a header', post([HOST, 'X-Cr: a\rContent-Length: 0'])),
    refused('line feeds only', post([HOST]).replaceAll(CRLF, '\n')),
    refused('no Host', post([])),
    refused('two Hosts', post([HOST, 'Host: evil.example.com']), 400, 403),
    refused('the Host of a stranger', post(['Host: evil.example.com']), 403),
    refused('the Host of a stranger in the address', post([HOST], `POST http://evil.example.com${path} HTTP/1.1`), 400, 403),
    refused('a Host with a user', post(['Host: localhost@evil.example.com']), 400, 403),
    refused('a Host with a path', post(['Host: localhost/../evil']), 400, 403),
    refused('the Origin of a stranger', post([HOST, 'Origin: https://evil.example.com']), 403),
    refused('no version of HTTP', post([HOST], `POST ${path}`)),
    refused('another version of HTTP', post([HOST], `POST ${path} HTTP/3.0`)),
    refused('the preface of HTTP/2', `PRI * HTTP/2.0${CRLF}${CRLF}SM${CRLF}${CRLF}`),
    refused('a method that is none', post([HOST], `POKE ${path} HTTP/1.1`)),
    refused('a method in lower case', post([HOST], `post ${path} HTTP/1.1`)),
    refused('TRACE', post([HOST], `TRACE ${path} HTTP/1.1`), 400, 405),
    refused('CONNECT', head('CONNECT localhost:22 HTTP/1.1', [HOST]), SILENCE),
    refused('the beginning of TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001'),
    refused('noise', 'x'.repeat(1000)),
  ];
}

/** As no URL of a client holds them: it would have resolved or encoded them first. */
function ofPaths({ path, document }: RawTarget): readonly RawRequest[] {
  const ns = path.split('/')[4] ?? '';
  const put = (raw: string, ...status: readonly number[]): RawRequest => ({
    what: `the path ${JSON.stringify(raw).slice(0, 60)}`,
    bytes: head(`PUT ${raw} HTTP/1.1`, [HOST, JSON_TYPE, `Content-Length: ${Buffer.byteLength(document)}`]) + document,
    status: status.length === 0 ? [404] : status,
  });
  return [
    put(`${path}/free/../../../../../etc/passwd`),
    put(`${path}/%2e%2e/%2e%2e/free`, 404, 405),
    put(`${path}/..%2f..%2ffree`, 400, 404),
    put(`${path}/.%2e%2ffree`, 400, 404),
    put(`${path}//free`),
    put(`/${path}/free`),
    put(`${path}/free/`),
    put(`${path}/free%00`),
    put(`${path}/fr%0d%0aX-Injected:%20yes`),
    put(`${path}/free;v=1`, 400),
    put(`${path}/free%2f`, 400),
    put(`${path}/%66ree%20`, 400),
    put(`${path}/fr\u00e4e`, 400),
    put(`${path}/fr ee`),
    put(`${path}/%zz`, 400),
    put(`${path}/%c0%ae%c0%ae`, 400, 404),
    put(`${path}/%ff`, 400, 404),
    put(`${path}/free\\..\\there`, 400, 404),
    put(`${path}/${'x'.repeat(300)}`),
    put(`${path}/${'x'.repeat(20_000)}`, 431, 414),
    put(`/api/v1/namespaces/..%2f${ns}/deployments/free`),
    put(`/api/v1/namespaces/${ns}%00/deployments/free`),
    put(`/api/v1/namespaces/${ns.toUpperCase()}/deployments/free`),
    put(`/api/v1/namespaces/${ns}/DEPLOYMENTS/free`),
    put(`/API/v1/namespaces/${ns}/deployments/free`),
    put(`/api/v2/namespaces/${ns}/deployments/free`),
    put(`/drey/v1/uploads/..%2f..%2ffree`),
    put(`/drey/v1/uploads/${'0'.repeat(64)}`),
    put('*', 400, 404),
    put('free', 400, 404),
    put('', 400),
  ].map((each) => (each.what.includes('fr ee') ? { ...each, status: [400] } : each));
}

export const rawRequests = (target: RawTarget): readonly RawRequest[] => [...ofFraming(target), ...ofHeads(target), ...ofPaths(target)];
