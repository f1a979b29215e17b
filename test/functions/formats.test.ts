// The form of bodies: JSON and YAML, Content-Type and Accept, sizes, and text that is neither.
import { describe, expect, it } from 'vitest';
import { aDocument, withApi } from './an-api.ts';
import type { Api } from './an-api.ts';

let api: Api;
let N: string;
withApi((own) => ({ api, N } = own));

const post = (body: string | Uint8Array, type?: string) =>
  api.request(`${N}/deployments`, {
    method: 'POST',
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    ...(type === undefined ? {} : { headers: { 'Content-Type': type } }),
  });

const yamlSpec = (lines: string) => `metadata: {name: NAME}
spec:
  deploymentTargetName: default
  template:
    spec:
      artifact: {kind: JAR, jarUri: a}
${lines}`;
let made = 0;
const named = (text: string): string => text.replace('NAME', `made-${(made += 1)}`);

describe('the text of numbers', () => {
  it('is kept in YAML where text is wanted, and is a number where a number is wanted', async () => {
    const text = yamlSpec(`      parallelism: 2.0
      resources: {taskmanager: {cpu: 1.50, memory: 2048m}}
      flinkConfiguration: {a: 1.10, b: 0644, c: 1e3, d: true, e: 10, f: 0x10}
      logging: {log4jLoggers: {"": INFO}}
      kubernetes:
        pods:
          envVars: [{name: V, value: 1.10}]
          nodeSelector: {zone: 1.0}
          securityContext: {runAsUser: 1e3, fsGroup: 2.0, nothing: null}
          volumeMounts: [{name: v, volume: {configMap: {name: c, defaultMode: 0o644}}, volumeMount: {mountPath: /v, name: v}}]
`).replace('jarUri: a', 'jarUri: a, flinkVersion: 1.10, flinkImageTag: 1.20');
    const { status, body } = await post(named(text), 'application/yaml');
    expect(status).toBe(201);
    expect(body.spec.template.spec).toMatchObject({
      parallelism: 2,
      artifact: { flinkVersion: '1.10', flinkImageTag: '1.20' },
      resources: { taskmanager: { cpu: 1.5, memory: '2048m' } },
      flinkConfiguration: { a: '1.10', b: '0644', c: '1e3', d: 'true', e: '10', f: '0x10' },
      kubernetes: {
        pods: {
          envVars: [{ name: 'V', value: '1.10' }],
          nodeSelector: { zone: '1.0' },
          securityContext: { runAsUser: 1000, fsGroup: 2, nothing: null },
          volumeMounts: [{ name: 'v', volume: { configMap: { name: 'c', defaultMode: 420 } }, volumeMount: { mountPath: '/v', name: 'v' } }],
        },
      },
    });
  });

  it('is kept in JSON, too, also through a PATCH', async () => {
    const json = `{"metadata":{"name":"json"},"spec":{"deploymentTargetName":"default","template":{"spec":{"artifact":{"kind":"jar","jarUri":"a","flinkVersion":1.10},"flinkConfiguration":{"x":1.0,"y":12345678901234567890}}}}}`;
    const { body } = await post(json, 'application/json');
    expect(body.spec.template.spec).toMatchObject({ artifact: { flinkVersion: '1.10' }, flinkConfiguration: { x: '1.0', y: '12345678901234567890' } });
    const init = {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: '{"spec":{"template":{"spec":{"artifact":{"flinkVersion":1.20}}}}}',
    };
    const patched = await api.request(`${N}/deployments/json`, init);
    expect(patched.body.spec.template.spec.artifact.flinkVersion).toBe('1.20');
  });

  it('is text for YAML readers, old ones included', async () => {
    await post(named(yamlSpec('      flinkConfiguration: {v: "1.10", yes: "no", t: "12:30"}\n')).replace('made-', 'quoted-'), 'application/yaml');
    const { text } = await api.get(`${N}/deployments/quoted-${made}`, { Accept: 'application/yaml' });
    expect(text).toContain('v: "1.10"');
    expect(text).toContain('"yes": "no"');
    expect(text).toContain('t: "12:30"');
  });
});

describe('a YAML body', () => {
  it.each([
    ['a list', '- a\n- b\n', 'the body must be a mapping with fields such as metadata and spec'],
    ['text', 'just words', 'the body must be a mapping'],
    ['a number', '42', 'the body must be a mapping'],
    ['nothing', '# only a comment\n', 'the body must be a mapping'],
    ['no YAML', 'a: [1, 2', 'the body is no valid YAML: '],
    ['a key twice', 'a: 1\na: 2\n', 'the body is no valid YAML: Map keys must be unique at line 2'],
    ['a merge key', 'base: &b {x: 1}\nspec:\n  <<: *b\n', 'spec["<<"]: merge keys are not accepted'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'the body is no valid YAML: '],
    ['an unknown tag', 'a: !!js/function x\n', 'the body is no valid YAML: Unresolved tag'],
    ['an alias of nothing', 'a: *nobody\n', 'the body is no valid YAML: '],
    ['a list as a key', '? [a, b]\n: c\n', 'the body is no valid YAML: '],
    ['an alias of itself', 'a: &x\n  b: *x\n', 'nested deeper than 60 levels'],
  ])('with %s is refused with 400', async (_, text, message) => {
    const { status, body } = await post(text, 'application/yaml');
    expect(body.message).toContain(message);
    expect(status).toBe(400);
  });

  it('cannot explode by aliases, and may use a few', async () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...['b', 'c', 'd', 'e', 'f', 'g'].map((key, i) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${'abcdef'[i]}`).join(',')}]`),
    ].join('\n');
    const exploding = await post(bomb, 'application/yaml');
    expect([exploding.status, exploding.body.message]).toEqual([400, expect.stringContaining('Excessive alias count')]);
    const shared = yamlSpec('      resources: {jobmanager: &r {cpu: 1, memory: 1g}, taskmanager: *r}\n');
    const { body } = await post(named(shared), 'application/yaml');
    expect(body.spec.template.spec.resources.taskmanager).toEqual({ cpu: 1, memory: '1g' });
  });

  it('is refused, not crashed on, when it is nested a thousand levels deep', async () => {
    const answers = [
      await post(`a: ${'['.repeat(20_000)}`, 'application/yaml'),
      await post('['.repeat(300_000), 'application/json'),
      await post(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'application/json'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(answers[2]?.body.message).toBe('the body is nested deeper than 60 levels');
    expect(api.logged).toEqual([]);
  });
});

describe('a JSON body', () => {
  it.each([
    ['{"a": 1,}', /no valid JSON: .*at position 8 \(line 1 column 9\)/],
    ['{\n "a": tru }', /no valid JSON: .*\(line 2 column 10\)/s],
    ['{"a": ', /no valid JSON: .*\(line 1 column 7\)/],
    ['{"a": "x', /no valid JSON: Unterminated string in JSON at position 8/],
    ['hello', /no valid JSON: .*\(line 1 column 1\)/],
    ['', /the body is empty/],
    ['   ', /the body is empty/],
    ['[]', /the body must be a mapping/],
    ['null', /the body must be a mapping/],
    ['"text"', /the body must be a mapping/],
  ])('%s is refused with 400 and its position', async (text, message) => {
    const { status, body } = await post(text, 'application/json');
    expect(body.message).toMatch(message);
    expect(status).toBe(400);
  });

  it('that is not UTF-8 is refused with 400', async () => {
    const { status, body } = await post(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'application/json');
    expect([status, body.message]).toEqual([400, 'the body is not encoded in UTF-8']);
  });
});

describe('Content-Type', () => {
  const document = JSON.stringify(aDocument());

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
    'application/yaml',
    'application/x-yaml',
    'text/yaml; charset=utf8',
  ])('%s is accepted', async (type) => {
    expect((await post(named(document.replace('clicks', 'NAME')), type)).status).toBe(201);
  });

  it.each([
    ['missing', undefined, 'the Content-Type is missing: send the header "Content-Type: application/json" or "Content-Type: application/yaml"'],
    ['another', 'application/xml', 'the Content-Type application/xml is not accepted here: send the header "Content-Type: application/json" or'],
    [
      'a form',
      'application/x-www-form-urlencoded',
      'the Content-Type application/x-www-form-urlencoded is not accepted: send "Content-Type: application/json"',
    ],
    ['plain text', 'text/plain;charset=UTF-8', 'the Content-Type text/plain is not accepted: send "Content-Type: application/json"'],
    ['another charset', 'application/json; charset=iso-8859-1', 'the charset must be utf-8, not iso-8859-1'],
  ])('%s: 415 that names the header to send', async (_, type, message) => {
    const { status, body } = await post(document, type);
    expect(body.message).toContain(message);
    expect([status, body.error]).toEqual([415, 'Unsupported Media Type']);
  });
});

describe('Accept', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json', 'application/json'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json'],
    ['application/yaml', 'application/yaml; charset=utf-8'],
    ['application/yaml; charset=utf-8', 'application/yaml; charset=utf-8'],
    ['application/x-yaml, */*;q=0.1', 'application/yaml; charset=utf-8'],
    ['application/yaml;q=0.5, application/json', 'application/json'],
  ])('%s: %s', async (accept, type) => {
    const { headers, body } = await api.get(`${N}/deployment-targets/default`, accept === undefined ? {} : { Accept: accept });
    expect(headers.get('content-type')).toBe(type);
    expect(body.metadata.name).toBe('default');
  });
});

describe('a body over 1 MiB', () => {
  const large = JSON.stringify(aDocument({ metadata: { displayName: 'x'.repeat(1024 * 1024) } }));

  it('is refused with 413, announced or not', async () => {
    const announced = await api.request(`${N}/deployments`, {
      method: 'POST',
      body: large,
      headers: { 'Content-Type': 'application/json', 'Content-Length': String(large.length) },
    });
    const streamed = await post(large, 'application/json');
    expect([announced.status, streamed.status]).toEqual([413, 413]);
    expect(streamed.body).toMatchObject({ error: 'Payload Too Large', message: 'the body is larger than 1048576 bytes' });
  });

  it('but 1000 configuration entries and 200 KB of arguments are not', async () => {
    const flinkConfiguration = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key.${i}`, 'v'.repeat(100)]));
    const document = aDocument({
      metadata: { name: 'large' },
      spec: { template: { spec: { artifact: { kind: 'JAR', jarUri: 'a', mainArgs: 'x '.repeat(100_000) }, flinkConfiguration } } },
    });
    const { status, body } = await api.send('POST', `${N}/deployments`, document);
    expect([status, Object.keys(body.spec.template.spec.flinkConfiguration).length]).toEqual([201, 1000]);
  });
});
