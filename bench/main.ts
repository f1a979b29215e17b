// `npm run bench -- <name>`: benchmarks that talk to drey and Flink over HTTP, and print what they measured.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { api } from './api.ts';
import { chaos } from './chaos.ts';
import { lambda } from './lambda.ts';
import { latency } from './latency.ts';

const USAGE = [
  'usage: npm run bench -- latency [--pairs 200]',
  '       npm run bench -- chaos [--upgrades 200] [--kill-every 30s] [--deployments 8] [--real]',
  '       npm run bench -- api [--deployments 10000] [--rate 50] [--seconds 60]',
  '       npm run bench -- lambda [--cold-starts 10] [--requests 500]',
].join('\n');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pairs: { type: 'string', default: '200' },
    upgrades: { type: 'string', default: '200' },
    'kill-every': { type: 'string', default: '30s' },
    deployments: { type: 'string' },
    real: { type: 'boolean', default: false },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    'cold-starts': { type: 'string', default: '10' },
    requests: { type: 'string', default: '500' },
  },
});
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** `30s`, `500ms` or `2m`; undefined when it is none. */
function toMs(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * ({ ms: 1, s: 1000, m: 60_000 }[unit] ?? 0);
}

async function runChaos(): Promise<void> {
  const { real } = values;
  const [upgrades, deployments, killEveryMs] = [Number(values.upgrades), Number(values.deployments ?? (real ? 2 : 8)), toMs(values['kill-every'])];
  if (!Number.isInteger(upgrades) || upgrades < 1 || !Number.isInteger(deployments) || deployments < 1 || !killEveryMs) return refuse();
  print(`chaos: ${upgrades} upgrades, kill -9 every ${values['kill-every']}, ${availableParallelism()} cores, Node ${process.version}`);
  const isSound = await chaos({ upgrades, killEveryMs, deployments, real, print }).catch((error: unknown) => {
    print(`chaos could not be carried through: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  });
  if (!isSound) process.exitCode = 1;
}

async function runApi(): Promise<void> {
  const [deployments, perSecond, seconds] = [Number(values.deployments ?? 10_000), Number(values.rate), Number(values.seconds)];
  if (![deployments, perSecond, seconds].every((number) => Number.isInteger(number) && number > 1)) return refuse();
  print(`api: ${deployments} Deployments, ${perSecond} requests/s for ${seconds} s, ${availableParallelism()} cores, Node ${process.version}`);
  if (!(await api({ deployments, perSecond, seconds, print }))) process.exitCode = 1;
}

async function runLambda(): Promise<void> {
  const [coldStarts, requests] = [Number(values['cold-starts']), Number(values.requests)];
  if (![coldStarts, requests].every((number) => Number.isInteger(number) && number > 1)) return refuse();
  print(`lambda: ${coldStarts} cold starts, ${requests} warm requests, ${availableParallelism()} cores, Node ${process.version}`);
  if (!(await lambda({ coldStarts, requests, print }))) process.exitCode = 1;
}

function refuse(): void {
  print(USAGE);
  process.exitCode = 2;
}

switch (positionals[0]) {
  case 'latency':
    print(`latency: ${values.pairs} interleaved pairs, ${availableParallelism()} cores, Node ${process.version}`);
    await latency({ pairs: Number(values.pairs), print });
    break;
  case 'chaos':
    await runChaos();
    break;
  case 'api':
    await runApi();
    break;
  case 'lambda':
    await runLambda();
    break;
  default:
    refuse();
}
