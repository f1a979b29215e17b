// `npm run bench -- <name>`: benchmarks that talk to drey and Flink over HTTP, and print what they measured.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { latency } from './latency.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { pairs: { type: 'string', default: '200' } } });
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

switch (positionals[0]) {
  case 'latency':
    print(`latency: ${values.pairs} interleaved pairs, ${availableParallelism()} cores, Node ${process.version}`);
    await latency({ pairs: Number(values.pairs), print });
    break;
  default:
    print('usage: npm run bench -- latency [--pairs 200]');
    process.exitCode = 2;
}
