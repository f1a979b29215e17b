// Encrypts secret values: AES-256-GCM, a random nonce each, bound to the namespace and name they are stored under. Holds the keys; what it
// opened it tells to `onValue`, so that logs can be kept clean of it. Knows no table.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What a value belongs to: another row's text does not open here. */
export interface SealedFor {
  readonly namespace: string;
  readonly name: string;
}

export interface Sealed {
  /** Names the key without telling anything of it. */
  readonly keyId: string;
  /** Nonce, tag and encrypted text, as base64. */
  readonly sealed: string;
}

export interface SecretBox {
  /** The key that seals. */
  readonly keyId: string;
  /** Every key that opens. */
  readonly keyIds: readonly string[];
  seal(place: SealedFor, value: string): Sealed;
  /** Undefined when no key of ours opens it, or it was sealed for another place. */
  open(place: SealedFor, sealed: Sealed): string | undefined;
  /** The same text for the same text, of no use to whoever guesses. */
  fingerprint(text: string): string;
}

export interface SecretKeys {
  /** 32 bytes. */
  readonly current: Uint8Array;
  /** Keys that only open. */
  readonly old: readonly Uint8Array[];
  /** Told every value that is sealed or opened. */
  readonly onValue?: (value: string) => void;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function derive(key: Uint8Array, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `drey ${purpose}`, bytes));
}

/** The id of a key, as it stands in the rows. */
function keyIdOf(key: Uint8Array): string {
  return derive(key, 'key id', 8).toString('hex');
}

export function createSecretBox({ current, old, onValue = () => undefined }: SecretKeys): SecretBox {
  const keys = new Map([current, ...old].map((key) => [keyIdOf(key), derive(key, 'secret values', 32)]));
  const keyId = keyIdOf(current);
  const sealing = derive(current, 'secret values', 32);
  const printing = derive(current, 'fingerprints', 32);
  return {
    keyId,
    keyIds: [...keys.keys()],
    seal(place, value) {
      onValue(value);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, sealing, nonce).setAAD(boundTo(place));
      const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      return { keyId, sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64') };
    },
    open(place, sealed) {
      const key = keys.get(sealed.keyId);
      const value = key === undefined ? undefined : decrypt(key, place, sealed.sealed);
      if (value !== undefined) onValue(value);
      return value;
    },
    fingerprint: (text) => createHmac('sha256', printing).update(text).digest('base64'),
  };
}

function decrypt(key: Buffer, place: SealedFor, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  const [nonce, tag, text] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES), bytes.subarray(NONCE_BYTES + TAG_BYTES)];
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(boundTo(place)).setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** The additional data that a row is authenticated with. */
function boundTo({ namespace, name }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify([namespace, name]));
}
