// What a person sees (short lines on the terminal) and what is kept (JSON in <home>/log/drey.log). Known secrets are masked in both.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { destination, pino } from 'pino';
import type { Logger } from 'pino';
import { createMask } from '../domain/mask.ts';
import type { Mask } from '../domain/mask.ts';

/** One thing that takes a while. Its updates replace each other on a terminal. */
export interface ProgressStep {
  update(text: string): void;
  done(text: string): void;
}

export interface Voice {
  say(line: string): void;
  step(name: string): ProgressStep;
  /** Shows no more progress: the stop has begun. */
  endSteps(): void;
}

/** Where lines go: standard output, or a test. */
export interface Screen {
  readonly isTTY: boolean;
  write(text: string): void;
}

const CLEAR_LINE = '\r\u001b[K';
/** Without a terminal an update is printed at most this often. */
const QUIET_MS = 10_000;
const LABEL = 12;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Standard output; a terminal that was closed is no reason to fall over. */
export function standardOutput(): Screen {
  process.stdout.on('error', () => undefined);
  return { isTTY: process.stdout.isTTY === true, write: (text) => void process.stdout.write(text) };
}

/** Prints lines and, below them on a terminal, one status line for everything that is under way. */
export function createVoice(screen: Screen, now: () => number = Date.now): Voice {
  const active = new Map<string, string>();
  let ended = false;
  const redraw = (): void => {
    if (screen.isTTY) screen.write(CLEAR_LINE + [...active].map(([name, text]) => `${name}: ${text}`).join(' · '));
  };
  const say = (line: string): void => {
    screen.write(`${screen.isTTY ? CLEAR_LINE : ''}${line}\n`);
    if (active.size > 0) redraw();
  };
  const step = (name: string): ProgressStep => {
    const started = now();
    let printed = started - QUIET_MS;
    return {
      update(text) {
        if (ended) return;
        active.set(name, `${text}, ${seconds(now() - started)}`);
        if (screen.isTTY) return redraw();
        if (now() - printed < QUIET_MS) return;
        printed = now();
        say(`${name.padEnd(LABEL)} ${text}`);
      },
      done(text) {
        active.delete(name);
        say(`${name.padEnd(LABEL)} ${text} (${seconds(now() - started)})`);
      },
    };
  };
  const endSteps = (): void => {
    ended = true;
    active.clear();
  };
  return { say, step, endSteps };
}

/** Text without the given secrets. Short ones are left alone: they would hit ordinary words. */
export function masked(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 6).reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

/** Everything that no log may hold: it grows by every secret value that this process reads. */
export interface Unspeakable {
  add(secret: string): void;
  hide(text: string): string;
}

export function createUnspeakable(first: readonly string[]): Unspeakable {
  const secrets = new Set(first.filter((secret) => secret.length >= 6));
  let mask: Mask | undefined;
  return {
    add(secret) {
      if (secrets.has(secret)) return;
      secrets.add(secret);
      mask = undefined;
    },
    hide(text) {
      mask ??= createMask(secrets);
      return mask.hide(text);
    },
  };
}

/** The password in a database URL, in the spelling of the URL and decoded. */
export function secretsIn(url: string): readonly string[] {
  const password = URL.canParse(url) ? new URL(url).password : '';
  return password === '' ? [] : [password, decodeURIComponent(password)];
}

/** Where lines are kept. */
export interface LogSink {
  write(line: string): unknown;
}

/** Opens <home>/log/drey.log. */
export function logFile(home: string): LogSink {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return destination({ dest: join(home, 'log', 'drey.log'), sync: false, mkdir: true });
}

/** Every line passes the mask before it is written. */
export function createLogger(sink: LogSink, unspeakable: Unspeakable): Logger {
  const discreet = { write: (line: string) => void sink.write(unspeakable.hide(line)) };
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: ['password', '*.password', 'apiKey', '*.apiKey', 'secretKey'] }, discreet);
}
