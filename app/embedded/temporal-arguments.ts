// The command line of Temporal's dev server, with the settings that make it quick enough (`reference/temporal.md` §4.3). Pure.
import { SEARCH_ATTRIBUTES } from '../../workflows/contract.ts';

export interface ServerSettings {
  /** The SQLite file: everything the server remembers. */
  readonly database: string;
  readonly port: number;
  /** No UI when absent. */
  readonly uiPort?: number;
  /** Further dynamic configuration, `name=json`. */
  readonly dynamicConfig?: readonly string[];
}

const CLI_TYPE = { KEYWORD: 'Keyword', INT: 'Int' } as const;

const DYNAMIC_CONFIG = [
  'history.transferProcessorMaxPollRPS=1000', // otherwise every activity waits for a beat of 50 ms
  'history.timerProcessorMaxTimeShift="1ms"', // otherwise no timer or retry is shorter than 1 s
];

/** Everything after `temporal`. */
export function serverArguments({ database, port, uiPort, dynamicConfig = [] }: ServerSettings): readonly string[] {
  const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `${name}=${CLI_TYPE[type]}`);
  const flags = [
    ['--ip', '127.0.0.1', '--port', String(port)],
    uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch'],
    ['--log-level', 'warn', '--db-filename', database],
    ...['journal_mode=WAL', 'synchronous=NORMAL'].map((pragma) => ['--sqlite-pragma', pragma]),
    ...[...DYNAMIC_CONFIG, ...dynamicConfig].map((value) => ['--dynamic-config-value', value]),
    ...attributes.map((attribute) => ['--search-attribute', attribute]),
  ];
  return ['server', 'start-dev', ...flags.flat()];
}
