// A worker process of its own, as the test sees it: what it passes and holds, and how it is killed.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { asText, type Command, type Point, type Report, type WorkerSettings } from './worker-orders.ts';

export interface ChildWorker {
  /** Everything that a Deployment passed since the worker was armed, in order. */
  passed(name: string): readonly Point[];
  /** Holds these Deployments at these points from now on, and counts anew. */
  arm(holdAt: ReadonlyMap<string, Point>): Promise<void>;
  /** The armed Deployments that have not come to their points yet, each with what it passed last. */
  notHeld(): ReadonlyMap<string, string>;
  /** Lets go whatever is held; returns when those attempts have come to their end. */
  release(): Promise<void>;
  /** As a machine that hangs or a network that is cut: it does nothing until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** kill -9; returns when it is dead. */
  kill(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('./worker-main.ts', import.meta.url));

export async function startChildWorker(settings: WorkerSettings): Promise<ChildWorker> {
  const child = fork(MAIN, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: ['--disable-warning=ExperimentalWarning'] });
  const passed = new Map<string, Point[]>();
  const waiting = new Map<string, Point>();
  const open = new Set<string>();
  let allOver = Promise.withResolvers<void>();
  child.on('message', (said: Report) => {
    if (said.kind === 'armed') passed.clear();
    if (said.kind === 'passed' || said.kind === 'held') passed.set(said.name, [...(passed.get(said.name) ?? []), said.point]);
    if (said.kind === 'held') waiting.delete(said.name);
    if (said.kind === 'held') open.add(said.name);
    if (said.kind === 'over') open.delete(said.name);
    if (open.size === 0) allOver.resolve();
  });
  send(child, { kind: 'start', settings });
  await said(child, 'started');
  return {
    passed: (name) => passed.get(name) ?? [],
    async arm(holdAt) {
      waiting.clear();
      open.clear();
      for (const [name, point] of holdAt) waiting.set(name, point);
      const armed = said(child, 'armed');
      send(child, { kind: 'arm', holdAt: Object.fromEntries(holdAt) });
      await armed;
    },
    notHeld: () =>
      new Map([...waiting].map(([name, point]) => [name, `${asText(point)}: ${name} passed ${(passed.get(name) ?? []).map(asText).slice(-5).join(' ')}`])),
    async release() {
      allOver = Promise.withResolvers<void>();
      send(child, { kind: 'release' });
      if (open.size > 0) await allOver.promise;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const dead = once(child, 'exit');
      child.kill('SIGKILL');
      await dead;
    },
  };
}

function send(child: ChildProcess, command: Command): void {
  child.send(command);
}

async function said(child: ChildProcess, kind: Report['kind']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const listen = (report: Report): void => {
      if (report.kind !== kind) return;
      child.off('message', listen);
      child.off('exit', fail);
      resolve();
    };
    const fail = (code: number | null): void => reject(new Error(`the worker process ended with ${code}`));
    child.on('message', listen);
    child.once('exit', fail);
  });
}
