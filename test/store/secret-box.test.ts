// Secret values at rest: nobody reads or moves them without the key.
import { describe, expect, it } from 'vitest';
import { createSecretBox } from '../../store/secret-box.ts';
import { aKey, aSecretBox } from '../fixtures/a-secret-box.ts';

const place = { namespace: 'default', name: 'TOKEN' };

describe('a secret box', () => {
  it('opens what it sealed, and what an old key sealed', () => {
    const [old, current] = [aKey(), aKey()];
    const before = aSecretBox(old);
    const after = aSecretBox(current, [old]);
    expect(after.open(place, before.seal(place, 'wörd'))).toBe('wörd');
    expect(after.open(place, after.seal(place, ''))).toBe('');
    expect(after.seal(place, 'x').keyId).toBe(after.keyId);
    expect(after.keyIds).toEqual([after.keyId, before.keyId]);
  });

  it('seals the same value differently each time, and shows nothing of it or the key', () => {
    const key = aKey();
    const box = aSecretBox(key);
    const [one, other] = [box.seal(place, 'canary'), box.seal(place, 'canary')];
    expect(one.sealed).not.toBe(other.sealed);
    expect(Buffer.from(one.sealed, 'base64').toString('latin1')).not.toContain('canary');
    expect(Buffer.from(key).toString('hex')).not.toContain(one.keyId);
  });

  it('opens nothing under another name, in another namespace, with another key, or after a single bit was changed', () => {
    const box = aSecretBox();
    const sealed = box.seal(place, 'canary');
    expect(box.open({ ...place, name: 'OTHER' }, sealed)).toBeUndefined();
    expect(box.open({ ...place, namespace: 'other' }, sealed)).toBeUndefined();
    expect(aSecretBox().open(place, sealed)).toBeUndefined();
    const bytes = Buffer.from(sealed.sealed, 'base64');
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(box.open(place, { ...sealed, sealed: changed.toString('base64') })).toBeUndefined();
    }
    expect(box.open(place, { ...sealed, sealed: '' })).toBeUndefined();
  });

  it('tells every value it touched, so that logs can be kept clean of it', () => {
    const told: string[] = [];
    const box = createSecretBox({ current: aKey(), old: [], onValue: (value) => told.push(value) });
    box.open(place, box.seal(place, 'canary'));
    expect(told).toEqual(['canary', 'canary']);
  });

  it('makes fingerprints that only the key makes', () => {
    const [box, other] = [aSecretBox(), aSecretBox()];
    expect(box.fingerprint('a')).toBe(box.fingerprint('a'));
    expect(box.fingerprint('a')).not.toBe(other.fingerprint('a'));
  });
});
