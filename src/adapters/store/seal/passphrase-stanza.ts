import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import type { Identity, Recipient, Stanza } from 'age-encryption';

/** As the age tool does: 2^18, about a second (source: filippo.io/age, scrypt.go). */
export const usualWorkFactor = 18;
/** More would take more than a gigabyte to open. */
const highestWorkFactor = 20;
const label = 'age-encryption.org/v1/scrypt';

/** Unpadded, as everything in the header of an age file. */
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');

const wrappingKey = (passphrase: string, salt: Uint8Array, logN: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const N = 2 ** logN;
    const options = { N, r: 8, p: 1, maxmem: 128 * N * 8 + 32 * 1024 * 1024 };
    scrypt(passphrase, Buffer.concat([Buffer.from(label), salt]), 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });

const nonce = Buffer.alloc(12);

/**
 * Seals a file's key with a passphrase (source: the age specification, "The scrypt recipient type"). The library does
 * so as well, but in JavaScript on the main thread, where each use would stop the screen for a second.
 */
export const passphraseRecipient = (
  passphrase: string,
  workFactor: number,
  makeStanza: typeof Stanza,
): Recipient => ({
  async wrapFileKey(fileKey) {
    const salt = randomBytes(16);
    const key = await wrappingKey(passphrase, salt, workFactor);
    const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
    const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
    return [new makeStanza(['scrypt', base64(salt), String(workFactor)], body)];
  },
});

/** Opens a file's key with a passphrase; null when it is a wrong one. */
export const passphraseIdentity = (passphrase: string): Identity => ({
  async unwrapFileKey(stanzas) {
    const [stanza] = stanzas;
    // Alone, or somebody who knows no passphrase could have made the file.
    if (stanza === undefined || stanzas.length !== 1 || stanza.args[0] !== 'scrypt') return null;
    const [, salt = '', factor = ''] = stanza.args;
    const saltBytes = Buffer.from(salt, 'base64');
    const usual = saltBytes.length === 16 && /^[1-9]\d?$/.test(factor) && stanza.body.length === 32;
    if (!usual || Number(factor) > highestWorkFactor) throw new Error('an unusual passphrase stanza');
    const key = await wrappingKey(passphrase, saltBytes, Number(factor));
    const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
    decipher.setAuthTag(stanza.body.subarray(16));
    try {
      return Buffer.concat([decipher.update(stanza.body.subarray(0, 16)), decipher.final()]);
    } catch {
      return null;
    }
  },
});
