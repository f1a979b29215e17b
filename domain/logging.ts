// From spec.logging to the log4j2 configuration of a cluster (vvp.md §1.2, §1.15). A profile is a template; the built-in one is named
// `default`. Pure: where profiles are kept is not known here.
import { parseTemplate, renderTemplate } from './logging-template.ts';
import { xmlFault } from './xml.ts';

export const LOG_LEVELS = ['OFF', 'FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', 'ALL'] as const;

export const DEFAULT_PROFILE = 'default';

/** Templates by name. `default` may be among them and then stands for the built-in one. */
export type LoggingProfiles = Readonly<Record<string, string>>;

/** Name of a logger: that of a Java class or package. Without braces, because log4j would look up what stands in `${…}`. */
export const LOGGER_NAME = /^[\p{L}\p{N}_$.:#@/-]{0,250}$/u;

const KNOWN = { texts: ['rootLoggerLogLevel'], pairs: ['userConfiguredLoggers'] } as const;

/** Libraries that say little of use below these levels; the user's own loggers come after them and win. */
const QUIET = [
  ['org.apache.pekko', 'INFO'],
  ['akka', 'INFO'],
  ['org.apache.kafka', 'INFO'],
  ['org.apache.hadoop', 'INFO'],
  ['org.apache.zookeeper', 'INFO'],
  ['org.apache.flink.shaded.zookeeper3', 'INFO'],
  ['org.jboss.netty.channel.DefaultChannelPipeline', 'OFF'],
] as const;

const PATTERN = '%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n';

/** Where the log is written to a file beside it anyway, the console is told to be silent by a system property. */
export const CONSOLE_LEVEL_PROPERTY = 'drey.console.level';

const BUILT_IN = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="ERROR">
  <Appenders>
    <Console name="StdOut">
      <ThresholdFilter level="\${sys:${CONSOLE_LEVEL_PROPERTY}:-ALL}"/>
      <PatternLayout pattern="${PATTERN}"/>
    </Console>
    <RollingFile name="RollingFile" fileName="\${sys:log.file}" filePattern="\${sys:log.file}.%i">
      <PatternLayout pattern="${PATTERN}"/>
      <SizeBasedTriggeringPolicy size="5 MB"/>
      <DefaultRolloverStrategy max="1"/>
    </RollingFile>
  </Appenders>
  <Loggers>
${QUIET.map(([name, level]) => `    <Logger name="${name}" level="${level}"/>`).join('\n')}
    {%- for name, level in userConfiguredLoggers %}
    <Logger name="{{ name }}" level="{{ level }}"/>
    {%- endfor %}
    <Root level="{{ rootLoggerLogLevel }}">
      <AppenderRef ref="StdOut"/>
      <AppenderRef ref="RollingFile"/>
    </Root>
  </Loggers>
</Configuration>
`;

/** One sentence on what is wrong with a template, or undefined. */
export function templateFault(template: string): string | undefined {
  const filled = fill(template, { '': 'INFO', 'a.b': 'DEBUG' });
  return 'fault' in filled ? filled.fault : xmlFault(filled.text, 'Configuration');
}

export function profileNames(profiles: LoggingProfiles): readonly string[] {
  return [...new Set([DEFAULT_PROFILE, ...Object.keys(profiles)])].toSorted();
}

/** What is wrong with the name of a profile, or undefined. */
export function profileFault(name: string, profiles: LoggingProfiles): string | undefined {
  const names = profileNames(profiles);
  return names.includes(name) ? undefined : `there is no logging profile "${name}"; known here are ${names.join(', ')}`;
}

/** `spec.logging`, as far as it is read here. */
export interface LoggingSpec {
  readonly loggingProfile?: string;
  readonly log4jLoggers?: Readonly<Record<string, string>>;
  readonly log4j2ConfigurationTemplate?: string | null;
}

type Filled = { readonly text: string } | { readonly fault: string };

/** The log4j2.xml, or one sentence that begins with the field that is wrong. */
export function log4jConfiguration(logging: LoggingSpec, profiles: LoggingProfiles): Filled {
  const { loggingProfile = DEFAULT_PROFILE, log4jLoggers = {}, log4j2ConfigurationTemplate: template } = logging;
  const fault = loggersFault(log4jLoggers);
  if (fault !== undefined) return { fault: `logging.log4jLoggers: ${fault}` };
  const field = typeof template === 'string' ? 'log4j2ConfigurationTemplate' : 'loggingProfile';
  const unknown = field === 'loggingProfile' ? profileFault(loggingProfile, profiles) : undefined;
  const filled = unknown === undefined ? fill(template ?? ownOf(profiles, loggingProfile) ?? BUILT_IN, log4jLoggers) : { fault: unknown };
  return 'fault' in filled ? { fault: `logging.${field}: ${filled.fault}` } : filled;
}

function ownOf(profiles: LoggingProfiles, name: string): string | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}

/** Rows stored before levels and names were checked. */
function loggersFault(loggers: Readonly<Record<string, string>>): string | undefined {
  for (const [name, level] of Object.entries(loggers)) {
    if (!LOGGER_NAME.test(name)) return `"${name}" is no name of a logger`;
    if (!(LOG_LEVELS as readonly string[]).includes(level.toUpperCase())) return `"${level}", given for "${name}", is no level of log4j`;
  }
  return undefined;
}

function fill(template: string, loggers: Readonly<Record<string, string>>): Filled {
  const parsed = parseTemplate(template, KNOWN);
  if ('fault' in parsed) return parsed;
  const { '': root = 'INFO', ...named } = loggers;
  const pairs = Object.entries(named).map(([name, level]) => [name, level.toUpperCase()] as const);
  return { text: renderTemplate(parsed.parts, { texts: { rootLoggerLogLevel: root.toUpperCase() }, pairs: { userConfiguredLoggers: pairs } }) };
}
