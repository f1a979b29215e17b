// The log4j configuration of a local cluster's processes: one bounded file each, levels as the user ordered.
import type { Logging } from '../../../domain/template.schema.ts';

const LEVEL = /^(OFF|FATAL|ERROR|WARN|INFO|DEBUG|TRACE|ALL)$/i;

const FRAME = `status = ERROR
appender.file.type = RollingFile
appender.file.name = File
appender.file.fileName = \${sys:log.file}
appender.file.filePattern = \${sys:log.file}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 5MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 1
rootLogger.appenderRef.file.ref = File
`;

/** Libraries that say little of use below these levels; the user may order otherwise. */
const QUIET: Readonly<Record<string, string>> = {
  'org.apache.pekko': 'INFO',
  'org.apache.kafka': 'INFO',
  'org.apache.hadoop': 'INFO',
  'org.apache.zookeeper': 'INFO',
  'org.apache.flink.shaded.zookeeper3': 'INFO',
  'org.jboss.netty.channel.DefaultChannelPipeline': 'OFF',
};

/** The file's text, or one sentence that says which level is none. The logger "" is the root logger. */
export function log4jProperties({ log4jLoggers = {} }: Logging): { readonly text: string } | { readonly fault: string } {
  const wrong = Object.entries(log4jLoggers).find(([, level]) => !LEVEL.test(level));
  if (wrong !== undefined) return { fault: `logging.log4jLoggers: "${wrong[1]}", given for "${wrong[0]}", is no level of log4j` };
  const reference = Object.keys(log4jLoggers).find((name) => name.includes('${'));
  if (reference !== undefined) return { fault: `logging.log4jLoggers: "${reference}" is no name of a logger` };
  const { '': root = 'INFO', ...named } = log4jLoggers;
  const loggers = Object.entries({ ...QUIET, ...named }).map(
    ([name, level], i) => `logger.l${i}.name = ${escaped(name)}\nlogger.l${i}.level = ${level.toUpperCase()}\n`,
  );
  return { text: `${FRAME}rootLogger.level = ${root.toUpperCase()}\n${loggers.join('')}` };
}

/** For a properties file, which is read as ISO-8859-1. */
function escaped(text: string): string {
  return text.replaceAll(/[^\w.$-]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
