// Ends the short-lived programs of an interrupted or failed start (mvn, pip, npm): our own children in our own process group. Flink and
// Temporal are in groups of their own and are never touched here.
import { execFileSync } from 'node:child_process';

/** Asks each to end and does not wait. */
export function endChildren(): void {
  let listed = '';
  try {
    listed = execFileSync('pgrep', ['-P', String(process.pid), '-g', '0'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return; // none, or no pgrep on this machine
  }
  for (const pid of listed.split('\n').filter((line) => line !== '')) {
    try {
      process.kill(Number(pid), 'SIGTERM');
    } catch {
      // it has ended by itself
    }
  }
}
