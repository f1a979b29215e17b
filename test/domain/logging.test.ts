// Logging profiles: what a template may hold, what is made of it, and that nothing a user writes gets out of its place in the XML.
import { describe, expect, it } from 'vitest';
import { log4jConfiguration, templateFault } from '../../domain/logging.ts';
import { loggingSchema } from '../../domain/template.schema.ts';

const configured = (logging: Parameters<typeof log4jConfiguration>[0], profiles = {}): string => {
  const made = log4jConfiguration(logging, profiles);
  if ('fault' in made) throw new Error(made.fault);
  return made.text;
};

const around = (inner: string): string => `<Configuration><Loggers>${inner}</Loggers></Configuration>`;

describe('the built-in profile', () => {
  it('takes levels by logger, "" being the root', () => {
    const made = configured({ log4jLoggers: { '': 'warn', 'org.example.A$B': 'DEBUG' } });
    expect(made).toContain('<Root level="WARN">');
    expect(made).toContain('<Logger name="org.example.A$B" level="DEBUG"/>');
  });

  it('logs to the console and to a file of bounded size', () => {
    const made = configured({});
    expect(made).toContain('<Root level="INFO">');
    expect(made).toContain('<SizeBasedTriggeringPolicy size="5 MB"/>');
    expect(made).toContain('<DefaultRolloverStrategy max="1"/>');
    expect(made.match(/<AppenderRef ref="\w+"/g)).toEqual(['<AppenderRef ref="StdOut"', '<AppenderRef ref="RollingFile"']);
  });

  it('is a template as users write them, and lets their loggers win by coming last', () => {
    const made = configured({ log4jLoggers: { 'org.apache.kafka': 'TRACE' } });
    expect(made.lastIndexOf('name="org.apache.kafka" level="TRACE"')).toBeGreaterThan(made.indexOf('name="org.apache.kafka" level="INFO"'));
  });
});

describe('a profile', () => {
  const profiles = { quiet: around('<Root level="{{ rootLoggerLogLevel }}"/>') };

  it('is chosen by its name', () => {
    expect(configured({ loggingProfile: 'quiet', log4jLoggers: { '': 'ERROR' } }, profiles)).toBe(around('<Root level="ERROR"/>'));
  });

  it('that nobody wrote is refused with the names of those that are there', () => {
    const fault = 'logging.loggingProfile: there is no logging profile "loud"; known here are default, quiet';
    expect(log4jConfiguration({ loggingProfile: 'loud' }, profiles)).toEqual({ fault });
    expect(log4jConfiguration({ loggingProfile: 'constructor' }, profiles)).toHaveProperty('fault');
  });

  it('called default stands for the built-in one', () => {
    expect(configured({}, { default: around('') })).toBe(around(''));
  });

  it('gives way to a template in the spec', () => {
    expect(configured({ loggingProfile: 'quiet', log4j2ConfigurationTemplate: around('') }, profiles)).toBe(around(''));
  });
});

describe('a template', () => {
  it('walks over the loggers, and a "-" takes away the white space beside it', () => {
    const template = around('\n  {%- for n, l in userConfiguredLoggers -%}\n  <Logger name="{{ n }}" level="{{- l -}}"/>\n  {%- endfor -%}\n ');
    expect(configured({ log4jLoggers: { a: 'INFO', b: 'DEBUG' }, log4j2ConfigurationTemplate: template })).toBe(
      around('<Logger name="a" level="INFO"/><Logger name="b" level="DEBUG"/>'),
    );
    expect(configured({ log4jLoggers: {}, log4j2ConfigurationTemplate: template })).toBe(around(''));
  });

  it('gets what is put in escaped', () => {
    // Names are checked before; a template must be safe all the same.
    expect(configured({ log4jLoggers: {}, log4j2ConfigurationTemplate: around('{{ rootLoggerLogLevel }}') })).toBe(around('INFO'));
    expect(log4jConfiguration({ log4jLoggers: { 'a"/><Script>': 'INFO' } }, {})).toEqual({
      fault: 'logging.log4jLoggers: "a"/><Script>" is no name of a logger',
    });
  });

  it.each([
    [
      '{{ rootLoggerLogLevel | upper }}',
      '{{ rootLoggerLogLevel | upper }} in line 1 is not known here; known are {{ rootLoggerLogLevel }} and {% for name, level',
    ],
    ['\n{% if true %}{% endif %}', '{% if true %} in line 2 is not known here'],
    ['{{ name }}', '{{ name }} in line 1 is not known'],
    ['{% for a, b in others %}{% endfor %}', '{% for a, b in others %} in line 1'],
    ['{% for a in userConfiguredLoggers %}{% endfor %}', '{% for a in userConfiguredLoggers %} in line 1'],
    ['{% for a, b in userConfiguredLoggers %}{% for c, d in userConfiguredLoggers %}', '{% for c, d in userConfiguredLoggers %} in line 1'],
    ['{% endfor %}', '{% endfor %} in line 1'],
    ['{% for a, b in userConfiguredLoggers %}', 'the {% for %} in line 1 has no {% endfor %}'],
    ['{# a comment #}', '{# in line 1'],
    ['{{ rootLoggerLogLevel', '{{ in line 1'],
    ['<Root>', '</Loggers> in line 1 closes <Root>'],
    ['<Root level=INFO/>', '<Root level=INFO/> in line 1 is no tag of XML'],
    ['</Loggers></Configuration><Configuration><Loggers>', 'it must have one outermost element, <Configuration>'],
    ['a & b', 'it has a "&" that must be written "&amp;"'],
    ['1 < 2', '< in line 1 is no tag'],
  ])('with %s is refused', (inner, fault) => {
    expect(templateFault(around(inner))).toContain(fault);
  });

  it.each(['', 'hello', '<!DOCTYPE x [<!ENTITY a "b">]><Configuration/>', '<Other/>', '<Configuration>'])(
    'must be one document for log4j: %j is not',
    (text) => {
      expect(templateFault(text)).toBeDefined();
    },
  );

  it.each(['<Configuration/>', '<?xml version="1.0"?><!-- a < b --><configuration a="x -> y"><![CDATA[<&>]]></configuration>'])('%s is one', (text) => {
    expect(templateFault(text)).toBeUndefined();
  });

  it.each([`<${'"<'.repeat(30_000)}`, '{{'.repeat(30_000), '{% '.repeat(20_000), `<a${' '.repeat(60_000)}<`])('is checked quickly, however odd', (text) => {
    const start = performance.now();
    expect(templateFault(text)).toBeDefined();
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('spec.logging', () => {
  it('takes levels in any letter case', () => {
    expect(loggingSchema.parse({ log4jLoggers: { '': 'info', 'com.example': 'Debug' } })).toEqual({ log4jLoggers: { '': 'INFO', 'com.example': 'DEBUG' } });
  });

  it.each([
    { log4jLoggers: { a: 'LOUD' } },
    { log4jLoggers: { 'a b': 'INFO' } },
    { log4jLoggers: { '${env:HOME}': 'INFO' } },
    { log4j2ConfigurationTemplate: '<a/>' },
  ])('refuses %j', (logging) => {
    expect(loggingSchema.safeParse(logging).success).toBe(false);
  });
});
