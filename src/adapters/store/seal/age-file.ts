import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Identity } from 'age-encryption';
import type { KeyKind } from '../../../domain/seal.ts';
import type { FileSystem } from '../file-system.ts';
import { writeNewFile } from '../private-files.ts';
import { passphraseIdentity, passphraseRecipient, usualWorkFactor } from './passphrase-stanza.ts';

/** What seals a file: a passphrase, or an X25519 identity (`AGE-SECRET-KEY-1…`). Secret. */
export interface SealKey {
  readonly kind: KeyKind;
  readonly secret: string;
  /** How hard a passphrase is to try, as a power of two; the usual factor when absent. */
  readonly workFactor?: number;
}

/** The head of an age file, which tells what opens it. */
export interface AgeHeader {
  /** Null when it is nothing that is opened with a passphrase or an X25519 identity. */
  readonly kind: KeyKind | null;
  /** Whole, for a file that is encoded as text too. */
  readonly bytes: Uint8Array;
  /** Names the file by its head, which is another one whenever it is sealed. */
  readonly id: string;
  readonly armored: boolean;
}

/** Thrown when a file is no age file, or cut off, or was changed. */
export class DamagedSeal extends Error {}

const library = () => import('age-encryption');

/** Bytes; more recipients than anybody has. */
const headLimit = 64 * 1024;
const versionLine = 'age-encryption.org/v1\n';
const armorLine = '-----BEGIN AGE ENCRYPTED FILE-----';
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Reads the head of an age file. Throws `DamagedSeal` when there is none, and the system's errors. */
export const readHeader = async (files: FileSystem, path: string): Promise<AgeHeader> => {
  const head = await readStart(files, path);
  const armored = head.toString('latin1').startsWith(armorLine);
  const text = armored ? dearmoredStart(head.toString('latin1')) : head;
  const latin = text.toString('latin1');
  const end = /^--- [A-Za-z0-9+/]{43}\n/m.exec(latin);
  if (!latin.startsWith(versionLine) || end === null) throw new DamagedSeal('it is no age file, or cut off');
  const bytes = text.subarray(0, end.index + end[0].length);
  const kinds = [...latin.slice(0, end.index).matchAll(/^-> (\S+)/gm)].map(([, name]) => name);
  const kind = kinds.includes('scrypt') ? 'passphrase' : kinds.includes('X25519') ? 'keyring' : null;
  return { kind, bytes, id: createHash('sha256').update(bytes).digest('hex'), armored };
};

const readStart = async (files: FileSystem, path: string): Promise<Buffer> => {
  const handle = await files.open(path, flags);
  try {
    if (!(await handle.stat()).isFile()) throw new DamagedSeal('it is no regular file');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headLimit), 0, headLimit, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
};

/** Whole lines of four characters decode by themselves. */
const dearmoredStart = (text: string): Buffer =>
  Buffer.from(
    text
      .split(/\r?\n/)
      .slice(1)
      .filter((line) => /^[A-Za-z0-9+/=]+$/.test(line))
      .join(''),
    'base64',
  );

/** The key that a file itself is encrypted with, by one of these keys; null when none of them fits. */
export const openHeader = async (
  header: AgeHeader,
  keys: readonly SealKey[],
): Promise<{ readonly fileKey: Uint8Array; readonly key: SealKey } | null> => {
  const { Decrypter } = await library();
  for (const key of keys) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(key.kind === 'passphrase' ? passphraseIdentity(key.secret) : key.secret);
    try {
      return { fileKey: await decrypter.decryptHeader(header.bytes), key };
    } catch (error) {
      if (!isWrongKey(error)) throw new DamagedSeal('its head was changed', { cause: error });
    }
  }
  return null;
};

const isWrongKey = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('no identity matched');

/** The content of a file by its key, as it comes. Breaks off with `DamagedSeal` where it was cut or changed. */
export const contentOf = (
  files: FileSystem,
  path: string,
  { armored }: AgeHeader,
  fileKey: Uint8Array,
): Readable => {
  const known: Identity = { unwrapFileKey: () => fileKey };
  const content = async function* () {
    const { Decrypter, armor } = await library();
    const decrypter = new Decrypter();
    decrypter.addIdentity(known);
    try {
      if (armored) {
        const text: Uint8Array[] = [];
        for await (const chunk of bytesOf(files, path)) text.push(chunk);
        yield await decrypter.decrypt(armor.decode(Buffer.concat(text).toString('latin1')));
        return;
      }
      yield* await decrypter.decrypt(toWeb(Readable.from(bytesOf(files, path), { objectMode: false })));
    } catch (error) {
      // The system's errors keep their codes.
      if (error instanceof Error && 'code' in error) throw error;
      throw new DamagedSeal('it was cut off or changed', { cause: error });
    }
  };
  return Readable.from(content(), { objectMode: false });
};

async function* bytesOf(files: FileSystem, path: string): AsyncGenerator<Uint8Array> {
  const handle = await files.open(path, flags);
  try {
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** Writes a new sealed file, 0600, and makes it last. */
export const writeSealed = async (
  files: FileSystem,
  path: string,
  key: SealKey,
  content: Readable,
): Promise<void> => {
  const { Encrypter, Stanza, identityToRecipient } = await library();
  const encrypter = new Encrypter();
  encrypter.addRecipient(
    key.kind === 'passphrase'
      ? passphraseRecipient(key.secret, key.workFactor ?? usualWorkFactor, Stanza)
      : await identityToRecipient(key.secret),
  );
  await writeNewFile(files, path, await encrypter.encrypt(toWeb(content)));
};

/** A new X25519 identity. */
export const newIdentity = async (): Promise<string> => (await library()).generateX25519Identity();

/** Node's own type and the one that the library was written with differ in name only. */
const toWeb = (stream: Readable): globalThis.ReadableStream<Uint8Array> =>
  Readable.toWeb(stream) as ReadableStream<Uint8Array> as globalThis.ReadableStream<Uint8Array>;
