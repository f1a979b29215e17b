// Queries, headers and names in paths, malformed: what is asked, and how it is refused. `{ns}`, `{N}` and `{id}` are filled in by the test.

export interface BadQuestion {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly status: number;
  readonly message: string | RegExp;
}

const get = (path: string, message: BadQuestion['message'], status = 400): BadQuestion => ({ method: 'GET', path, status, message });

const LISTS = ['deployments', 'jobs', 'savepoints', 'events', 'deployment-targets', 'sessionclusters', 'secret-values'];
const NO_TOKEN = 'continue: is not what metadata.continue of this list said: ask for the list again without it';
const token = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const ofPages: readonly BadQuestion[] = LISTS.flatMap((list) => [
  get(`{N}/${list}?limit=0`, 'limit: must be at least 1'),
  get(`{N}/${list}?limit=-1`, 'limit: must be at least 1'),
  get(`{N}/${list}?limit=10001`, 'limit: must be at most 10000'),
  get(`{N}/${list}?limit=1.5`, 'limit: must be a whole number'),
  get(`{N}/${list}?limit=many`, 'limit: must be a number'),
  get(`{N}/${list}?limit=`, 'limit: must be a number'),
  get(`{N}/${list}?limit=1%00`, 'limit: must be a number'),
  get(`{N}/${list}?limit=1&continue=x`, NO_TOKEN),
  get(`{N}/${list}?continue=${token(['Deployment', 'elsewhere', {}, 'a'])}`, NO_TOKEN),
  get(`{N}/${list}?continue=${token(['Nothing', '{ns}', {}, 'a'])}`, NO_TOKEN),
  get(`{N}/${list}?continue=${token({ __proto__: 1 })}`, NO_TOKEN),
  get(`{N}/${list}?continue=${'x'.repeat(4097)}`, NO_TOKEN),
]);

const NO_UUID = 'must be a UUID, for example "4c0e7b52-6b0f-4a55-9a3a-0d6f9bd3a7c1"';
const ID_FILTERS = [
  ['jobs', ['deploymentId']],
  ['savepoints', ['deploymentId', 'jobId']],
  ['events', ['deploymentId', 'jobId', 'sessionClusterId', 'after']],
] as const;

const ofFilters: readonly BadQuestion[] = [
  ...ID_FILTERS.flatMap(([list, filters]) =>
    filters.flatMap((filter) => ['', 'x', 'there', "x'%20or%20'1'='1", '%00'].map((value) => get(`{N}/${list}?${filter}=${value}`, `${filter}: ${NO_UUID}`))),
  ),
  ...['env', '=a', 'a=b,', 'a=b,c', 'a!=b', 'a%20in%20(b)', 'a=b%0a', ',', 'a<b=c'].map((selector) =>
    get(`{N}/deployments?labelSelector=${selector}`, 'labelSelector: must be pairs like "env=staging,team=a"'),
  ),
  get('{N}/savepoints?restoreStrategy=LATEST', /^restoreStrategy: must be one of LATEST_STATE, LATEST_SAVEPOINT, NONE/),
  get('{N}/savepoints?restoreStrategy=NONE', 'deploymentId: is missing; restoreStrategy asks for the next start of one Deployment'),
  ...['2026-13-01', '2026-02-30', '26-01-01', 'today', '', '1969-12-31', '3000-01-01', '2026-01-01T00:00:00Z'].flatMap((day) => [
    get(`/api/v1/status/resourceusage?from=${day}`, /^from: must be a date/),
    get(`/api/v1/status/resourceusage?to=${day}`, /^to: must be a date/),
  ]),
  ...['-1', 'x', '1.5', '99999999999'].map((page) => get(`/api/v1/logs/?page=${page}`, /^page: must be/)),
  ...['0', '-1', 'x', '1001'].map((size) => get(`/api/v1/logs/?pageSize=${size}`, /^pageSize: must be/)),
];

const FILE_FAULTS = [
  ['', /^filename: must not be empty$/],
  ['..', /^filename: must be the name of a file, without folders$/],
  ['..%2f..%2fetc%2fpasswd', /^filename: must be the name of a file, without folders$/],
  ['a%5cb.jar', /^filename: must be the name of a file, without folders$/],
  ['a%00.jar', /^filename: must not contain control characters$/],
  ['a%0a.jar', /^filename: must not contain control characters$/],
  ['%20a.jar', /^filename: must neither start nor end with a blank$/],
  ['x'.repeat(256), /^filename: must be at most 255 bytes long$/],
] as const;
const ARTIFACTS = '/artifacts/v1/namespaces/{ns}/artifacts';

const ofArtifacts: readonly BadQuestion[] = [
  get(`${ARTIFACTS}:get`, 'filename: is missing; it must be text'),
  { method: 'DELETE', path: `${ARTIFACTS}:delete`, status: 400, message: 'filename: is missing; it must be text' },
  ...FILE_FAULTS.flatMap(([name, message]): BadQuestion[] => [
    get(`${ARTIFACTS}:get?filename=${name}`, message),
    { method: 'DELETE', path: `${ARTIFACTS}:delete?filename=${name}`, status: 400, message },
  ]),
];

const SPEC = { spec: { deploymentTargetName: 'default', template: { spec: { artifact: { kind: 'JAR', jarUri: 'a' } } } } };
const SLUG = 'name: must be 1 to 63 characters of a-z, 0-9 and "-", and neither start nor end with "-"';
const put = (name: string, message: BadQuestion['message'], status = 400): BadQuestion => ({
  method: 'PUT',
  path: `{N}/deployments/${name}`,
  body: SPEC,
  status,
  message,
});

const ofNames: readonly BadQuestion[] = [
  ...['Free', 'fr_ee', '-free', 'free-', 'free%20', 'fr%C3%A4e', 'free%2f', '%2e%2e%2ffree', 'free;v=1', 'x'.repeat(64), 'free.json', '%27free', '%3Cb%3E'].map(
    (name) => put(name, SLUG),
  ),
  ...['free%00', 'fr%0aee', 'free%7f', 'x'.repeat(256)].map((name) => put(name, 'there is nothing of that name', 404)),
  put('with-cr', 'metadata.name: stands in a path of this API: choose another name'),
  put('01a215fc-7e05-7000-aef5-921e8d76c069', 'there is no Deployment "01a215fc-7e05-7000-aef5-921e8d76c069"', 404),
  ...['nobody', 'THERE', 'there%2f', "there'--", '{id}x', '00000000-0000-0000-0000-000000000000'].flatMap((name): BadQuestion[] => [
    get(`{N}/deployments/${name}`, /^there is no Deployment /, 404),
    { method: 'DELETE', path: `{N}/deployments/${name}`, status: 404, message: /^there is no Deployment / },
    { method: 'PATCH', path: `{N}/deployments/${name}`, body: SPEC, status: 404, message: /^there is no Deployment / },
  ]),
  ...['nobody', 'there', '00000000-0000-0000-0000-000000000000'].flatMap((id) => [
    get(`{N}/jobs/${id}`, `there is no Job "${id}"`, 404),
    get(`{N}/savepoints/${id}`, `there is no Savepoint "${id}"`, 404),
    get(`/drey/v1/namespaces/{ns}/jobs/${id}/exceptions`, `there is no Job "${id}"`, 404),
  ]),
  ...['nobody', 'NS', '{ns}x', '%00', '..%2f{ns}', 'x'.repeat(256)].map((ns) => get(`/api/v1/namespaces/${ns}/deployments`, /^there is no/, 404)),
];

const patch = (headers: Readonly<Record<string, string>>, message: BadQuestion['message'], status: number): BadQuestion => ({
  method: 'PATCH',
  path: '{N}/deployments/there',
  headers,
  body: { metadata: { labels: { a: 'b' } } },
  status,
  message,
});
const post = (headers: Readonly<Record<string, string>>, message: BadQuestion['message']): BadQuestion => ({
  method: 'POST',
  path: '{N}/deployments',
  headers,
  body: { metadata: { name: 'free' }, ...SPEC },
  status: 400,
  message,
});

const NO_ETAG = 'If-Match: must be * or ETags of answers of this API, for example "3" in its quotes';
const ofHeaders: readonly BadQuestion[] = [
  ...['', 'x', '"1', '1"', '-1', '1.0', '"a b"', 'W/1', '*, "1"', '"1" "2"', '12345678901'].map((tag) => patch({ 'If-Match': tag }, NO_ETAG, 400)),
  ...['"99"', '99', 'W/"1"', '"0"'].map((tag) => patch({ 'If-Match': tag }, 'If-Match: the stored resource is version "1": read it again', 412)),
  ...['', 'ä', 'x'.repeat(256), 'a\tb'].map((key) => post({ 'Idempotency-Key': key }, 'Idempotency-Key: must be 1 to 255 printable ASCII characters')),
  ...['yes', '', 'TRUE', '1'].flatMap((word): BadQuestion[] => [
    { ...post({}, 'dryRun: must be true or false'), path: `{N}/deployments?dryRun=${word}` },
    { ...patch({}, 'dryRun: must be true or false', 400), path: `{N}/deployments/there?dryRun=${word}` },
  ]),
  { method: 'PATCH', path: '{N}/sessionclusters/there?dryRun=true', body: {}, status: 400, message: 'dryRun: is not possible here, and nothing was done' },
  { method: 'DELETE', path: '{N}/secret-values/there?dryRun=true', status: 400, message: 'dryRun: is not possible here, and nothing was done' },
  { method: 'DELETE', path: '{N}/savepoints/{id}?force=maybe', status: 400, message: /^force: must be one of true, false/ },
];

export const BAD_QUESTIONS: readonly BadQuestion[] = [...ofPages, ...ofFilters, ...ofArtifacts, ...ofNames, ...ofHeaders];
