// The JVM flags of a local cluster's processes: small and quick to start, because many share a laptop. The user's own flags
// (`env.java.opts…`) come last and win.
import { splitArguments } from '../../../domain/effective.ts';
import { type Java, moduleFlags } from './find-java.ts';

export interface JvmOrder {
  readonly java: Java;
  readonly flinkVersion: string;
  /** Flags that Flink computed from the memory settings. */
  readonly memory: readonly string[];
  /** Archive of classes that are loaded at every start, if there is one. */
  readonly archive: string | undefined;
  readonly process: 'jobmanager' | 'taskmanager';
  readonly flinkConfiguration: Readonly<Record<string, string>>;
  /** Absolute folder for what a crashing JVM writes. */
  readonly logFolder: string;
}

export function jvmFlags({ java, flinkVersion, memory, archive, process, flinkConfiguration, logFolder }: JvmOrder): readonly string[] {
  const own = userFlags(flinkConfiguration, process);
  const choosesCollector = own.some((flag) => /^-XX:\+Use\w+GC$/.test(flag));
  return [
    ...LENIENT,
    ...moduleFlags(java.version, flinkVersion),
    ...(choosesCollector ? [] : ['-XX:+UseSerialGC']),
    ...SMALL,
    ...(archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off']),
    `-XX:ErrorFile=${logFolder}/crash-%p.log`,
    ...memory,
    ...own,
  ];
}

/** Flags that a version of Java does not know are passed over. */
const LENIENT = ['-XX:+IgnoreUnrecognizedVMOptions', '-XX:+UnlockDiagnosticVMOptions'];

const SMALL = [
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-XX:+ExitOnOutOfMemoryError',
  // The heap begins small and stays close to what is in use.
  '-Xms8m',
  '-XX:MinHeapFreeRatio=20',
  '-XX:MaxHeapFreeRatio=40',
  '-XX:NewRatio=4',
  // Class archives keep their address, so that processes share their pages.
  '-XX:ArchiveRelocationMode=0',
  '-Dlog4j2.disableJmx=true',
  '-Dorg.apache.flink.shaded.netty4.io.netty.allocator.maxOrder=5',
  '-Dfile.encoding=UTF-8',
];

/** For a short run of Java that prints something. */
export const SHORT_RUN = [...LENIENT, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-XX:ArchiveRelocationMode=0', '-Xmx128m'];

/** Started without Flink's scripts, these keys would be ignored. */
function userFlags(settings: Readonly<Record<string, string>>, process: JvmOrder['process']): readonly string[] {
  const keys = ['env.java.opts', 'env.java.opts.all', `env.java.opts.${process}`];
  return keys.flatMap((key) => splitArguments(settings[key]));
}
