// Bodies that are no document at all, whatever resource they are meant for: what each is, how it is sent, and how it is refused.

export interface BadBody {
  readonly what: string;
  readonly sent: string | Uint8Array<ArrayBuffer>;
  /** Undefined: without a Content-Type. */
  readonly type: string | undefined;
  readonly status: number;
  readonly message: RegExp;
}

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const inUtf16 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from([0xff, 0xfe, ...Buffer.from(text, 'utf16le')]);

const of = (type: string, status: number, rows: readonly (readonly [string, BadBody['sent'], RegExp])[]): readonly BadBody[] =>
  rows.map(([what, sent, message]) => ({ what, sent, type, status, message }));

const NO_MAPPING = /^the body must be a mapping/;
const NO_JSON = /^the body is no valid JSON: /;
const NO_YAML = /^the body is no valid YAML: /;
const TOO_DEEP = /^the body is nested deeper than 60 levels$/;
const NO_UTF8 = /^the body is not encoded in UTF-8$/;

const ofJson = of(JSON_TYPE, 400, [
  ['nothing', '', /^the body is empty$/],
  ['blanks', ' \n\t ', /^the body is empty$/],
  ['a list', '[]', NO_MAPPING],
  ['null', 'null', NO_MAPPING],
  ['text', '"spec"', NO_MAPPING],
  ['a number', '42', NO_MAPPING],
  ['true', 'true', NO_MAPPING],
  ['a cut object', '{"spec": {', /no valid JSON: .*line 1 column 11/],
  ['a cut text', '{"spec": "x', NO_JSON],
  ['a comma too many', '{"spec": {},}', NO_JSON],
  ['no comma', '{"a": 1 "b": 2}', NO_JSON],
  ['single quotes', "{'spec': {}}", NO_JSON],
  ['a bare key', '{spec: {}}', NO_JSON],
  ['a comment', '{"spec": {} /* all */}', NO_JSON],
  ['NaN', '{"spec": NaN}', NO_JSON],
  ['Infinity', '{"spec": -Infinity}', NO_JSON],
  ['a hexadecimal number', '{"spec": 0x10}', NO_JSON],
  ['a leading zero', '{"spec": 007}', NO_JSON],
  ['an unknown escape', '{"spec": "\\x41"}', NO_JSON],
  ['half an escape', '{"spec": "\\u00"}', NO_JSON],
  ['a raw line feed in text', '{"spec": "a\nb"}', NO_JSON],
  ['a raw NUL', '{"spec": "a\0b"}', NO_JSON],
  ['two documents', '{"spec": {}} {"spec": {}}', NO_JSON],
  ['YAML', 'spec:\n  state: RUNNING\n', NO_JSON],
  ['XML', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', NO_JSON],
  ['100,000 lists in each other', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, TOO_DEEP],
  ['61 levels', `${'{"a":'.repeat(61)}1${'}'.repeat(61)}`, TOO_DEEP],
  ['150,000 open mappings', '{"a":'.repeat(150_000), NO_JSON],
  ['__proto__', '{"__proto__": {"admin": true}}', /^__proto__: is no name for a field$/],
  ['__proto__ below', '{"spec": {"__proto__": {"admin": true}}}', /^spec\.__proto__: is no name for a field$/],
  ['half a character as a key', '{"\\ud800": 1}', /must not contain half of a character/],
  ['NUL in a key', '{"a\\u0000": 1}', /must not contain the NUL character/],
  ['a line feed in a key', '{"a\\nb": 1}', /^\["a\\nb"\]: is no name for a field: it contains a control character$/],
  ['a key twice', '{"spec": {}, "spec": {}}', /^spec: is there twice$/],
  ['a key twice below', '{"spec": {"state": "RUNNING", "state": "CANCELLED"}}', /^spec\.state: is there twice$/],
  ['a key twice in a list', '{"a": ["x,", {"b": "{", "c": [1, 2], "b": 2}]}', /^a\[1\]\.b: is there twice$/],
  ['a key twice, once escaped', '{"spec": {}, "sp\\u0065c": {}}', /^spec: is there twice$/],
  ['a lone 0xFF', bytes(0x7b, 0x22, 0xff, 0x22, 0x7d), NO_UTF8],
  ['an overlong slash', bytes(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x7d), NO_UTF8],
  ['half a character in UTF-8', bytes(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d), NO_UTF8],
  ['ISO 8859-1', Uint8Array.from(Buffer.from('{"a": "ä"}', 'latin1')), NO_UTF8],
  ['UTF-16', inUtf16('{"spec": {}}'), NO_UTF8],
  ['gzip', bytes(0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00), NO_UTF8],
]);

const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key, i) => `${key}: &${key} [${`*${'abcdefg'[i]},`.repeat(9)}]`)].join(
  '\n',
);

const ofYaml = of(YAML_TYPE, 400, [
  ['only a comment', '# nothing\n', NO_MAPPING],
  ['only a marker', '---\n', NO_MAPPING],
  ['words', 'just words', NO_MAPPING],
  ['a list', '- a\n- b\n', NO_MAPPING],
  ['an open list', 'spec: [1, 2', NO_YAML],
  ['an open quote', 'spec: "x', NO_YAML],
  ['a tab as indentation', 'spec:\n\tstate: RUNNING\n', NO_YAML],
  ['wrong indentation', 'spec:\n   a: 1\n  b: 2\n', NO_YAML],
  ['a key twice', 'spec: {}\nspec: {}\n', /no valid YAML: Map keys must be unique/],
  ['a key twice below', 'spec:\n  state: RUNNING\n  state: CANCELLED\n', /no valid YAML: Map keys must be unique/],
  ['a merge key', 'base: &b {x: 1}\nspec:\n  <<: *b\n', /merge keys are not accepted/],
  ['two documents', 'spec: {}\n---\nspec: {}\n', NO_YAML],
  ['a tag of JavaScript', 'spec: !!js/function "function () {}"\n', /no valid YAML: Unresolved tag/],
  ['a tag of Python', 'spec: !!python/object/apply:os.system ["id"]\n', /no valid YAML: Unresolved tag/],
  ['a tag of its own', 'spec: !secret x\n', /no valid YAML: Unresolved tag/],
  ['a bomb of aliases', bomb, /Excessive alias count/],
  ['an alias of itself', 'a: &x\n  b: *x\n', /nested deeper than 60 levels|Unresolved alias/],
  ['an alias of nothing', 'spec: *nobody\n', NO_YAML],
  ['an anchor twice on one node', 'spec: &a &b {}\n', NO_YAML],
  ['a mapping as a key', '? {a: b}\n: c\n', NO_YAML],
  ['a list as a key', '? [a, b]\n: c\n', NO_YAML],
  ['__proto__', 'spec: {__proto__: {admin: true}}\n', /^spec\.__proto__: is no name for a field$/],
  ['20,000 open lists', `a: ${'['.repeat(20_000)}`, /^the body is (nested deeper than 60 levels$|no valid YAML: )/],
  ['a raw control character in a key', '"a\\u0007": 1\n', /is no name for a field: it contains a control character$/],
  ['NUL by an escape', 'spec: "a\\0b"\n', /^spec: must not contain the NUL character$/],
  ['another version of YAML', '%YAML 3.0\n---\nspec: {}\n', NO_YAML],
  ['an unknown directive', '%SECRET x\n---\nspec: {}\n', NO_YAML],
  ['a block scalar that is cut', 'spec: |x\n', NO_YAML],
  ['ISO 8859-1', Uint8Array.from(Buffer.from('a: ä\n', 'latin1')), NO_UTF8],
  ['UTF-16', inUtf16('spec: {}\n'), NO_UTF8],
]);

const refusedTypes: readonly (readonly [string | undefined, RegExp])[] = [
  [undefined, /^the Content-Type is missing: send the header/],
  ['', /^the Content-Type is missing: send the header/],
  ['application/xml', /^the Content-Type application\/xml is not accepted here/],
  ['application/octet-stream', /is not accepted here/],
  ['application/jsonp', /is not accepted here/],
  ['application/json5', /is not accepted here/],
  ['text/html', /is not accepted here/],
  ['json', /is not accepted here/],
  ['application/x-www-form-urlencoded', /is not accepted: send "Content-Type: application\/json"/],
  ['text/plain', /is not accepted: send "Content-Type: application\/json"/],
  ['multipart/form-data; boundary=x', /^send the header "X-Drey-Upload: 1" with an upload$/],
  ['application/json; charset=utf-16', /^the charset must be utf-8, not utf-16$/],
  ['application/json; charset="iso-8859-1"', /^the charset must be utf-8, not iso-8859-1$/],
  ['application/yaml; CHARSET=windows-1252', /^the charset must be utf-8, not windows-1252$/],
  ['application/json; charset=utf-7', /^the charset must be utf-8, not utf-7$/],
];

const ofTypes: readonly BadBody[] = refusedTypes.map(([type, message]) => ({
  what: `the Content-Type ${type}`,
  sent: '{"spec": {}}',
  type,
  status: 415,
  message,
}));

const tooLarge: BadBody = {
  what: 'more than 1 MiB',
  sent: JSON.stringify({ spec: { x: 'x'.repeat(2 ** 20) } }),
  type: JSON_TYPE,
  status: 413,
  message: /^the body is larger than 1048576 bytes$/,
};

export const BAD_BODIES: readonly BadBody[] = [...ofJson, ...ofYaml, ...ofTypes, tooLarge];
