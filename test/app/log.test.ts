// What a person sees while the platform starts, and that secrets are not part of it.
import { describe, expect, it } from 'vitest';
import { createVoice, masked, secretsIn } from '../../app/log.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, write: (text: string) => void written.push(text) };
}

describe('progress', () => {
  it('is a line a step without a terminal, and an update now and then', () => {
    let now = 0;
    const out = screen(false);
    const step = createVoice(out, () => now).step('Temporal');
    step.update('fetching, 0 %');
    now = 5000;
    step.update('fetching, 50 %');
    now = 12_000;
    step.update('fetching, 90 %');
    step.done('server 1.32.0');
    expect(out.written).toEqual(['Temporal     fetching, 0 %\n', 'Temporal     fetching, 90 %\n', 'Temporal     server 1.32.0 (12.0 s)\n']);
  });

  it('shares one status line on a terminal', () => {
    const out = screen(true);
    const voice = createVoice(out, () => 0);
    const [temporal, flink] = [voice.step('Temporal'), voice.step('Flink')];
    temporal.update('10 %');
    flink.update('20 %');
    temporal.done('there');
    expect(out.written.join('')).toContain('Temporal: 10 %, 0.0 s · Flink: 20 %, 0.0 s');
    expect(out.written.at(-1)).toContain('Flink: 20 %');
    expect(out.written.at(-1)).not.toContain('Temporal');
  });
});

describe('secrets', () => {
  it('are masked in the spelling of the URL and decoded', () => {
    const secrets = secretsIn('postgres://user:p%40ss-word@db/drey');
    expect(masked('p%40ss-word and p@ss-word', secrets)).toBe('*** and ***');
  });

  it('that are short are left alone, because they would hit ordinary words', () => {
    expect(masked('a database', ['a'])).toBe('a database');
  });
});
