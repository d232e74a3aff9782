import { damagedArchive } from './archive-refusal.ts';

/** What an archive says about an entry. */
export interface TarHeader {
  readonly name: string;
  readonly type: TarType;
  /** Bytes; not a number when the archive gives none. */
  readonly size: number;
  readonly mode: number;
  readonly mtime: Date;
  /** Where a link leads. */
  readonly linkname: string;
}

/** Bytes. */
export const blockSize = 512;

/** By the byte in the header (source: POSIX pax, "ustar Interchange Format"; the capital letters are GNU's). */
const types = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'contiguous-file',
  x: 'pax',
  g: 'pax-global',
  L: 'long-path',
  N: 'long-path',
  K: 'long-link',
} as const;

export type TarType = (typeof types)[keyof typeof types] | 'unknown';

const isType = (byte: string): byte is keyof typeof types => Object.hasOwn(types, byte);

/** Where the fields of a header lie: their first byte and how many they are. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkname: [157, 100],
  magic: [257, 6],
  prefix: [345, 155],
} as const;

/** Reads a block; null when it is nothing but zeros, as those at an archive's end are. */
export const readHeader = (bytes: Uint8Array): TarHeader | null => {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (name: keyof typeof fields): Buffer => {
    const [start, length] = fields[name];
    return block.subarray(start, start + length);
  };
  const sum = checksumOf(block);
  if (sum === emptyChecksum) return null;
  const magic = field('magic').toString('latin1');
  if (sum !== numberIn(field('checksum')) || !['ustar\0', 'ustar '].includes(magic)) throw damagedArchive();
  const prefix = magic === 'ustar\0' ? textIn(field('prefix')) : '';
  const name = `${prefix}${prefix && '/'}${textIn(field('name'))}`;
  const byte = field('type').toString('latin1');
  const type = isType(byte) ? types[byte] : 'unknown';
  return {
    name,
    // In archives of old a directory is a file whose name ends in a slash.
    type: type === 'file' && name.endsWith('/') ? 'directory' : type,
    size: numberIn(field('size')),
    mode: numberIn(field('mode')) || 0,
    mtime: new Date(numberIn(field('mtime')) * 1000),
    linkname: textIn(field('linkname')),
  };
};

const emptyChecksum = 8 * 32;

/** The sum of a block's bytes, those of the checksum itself counted as spaces. */
const checksumOf = (block: Uint8Array): number => {
  const [start, length] = fields.checksum;
  let sum = emptyChecksum;
  for (let at = 0; at < start; at += 1) sum += block[at] ?? 0;
  for (let at = start + length; at < blockSize; at += 1) sum += block[at] ?? 0;
  return sum;
};

export const textIn = (field: Buffer): string => {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
};

/** Octal digits, or GNU's big-endian bytes behind 0x80 for what these can't hold; not a number for anything else. */
const numberIn = (field: Buffer): number => {
  const first = field[0] ?? 0;
  if (first === 0x80) return field.subarray(1).reduce((total, byte) => total * 256 + byte, 0);
  if (first > 0x80) return Number.NaN;
  const digits = /^[ \0]*([0-7]*)(?:[ \0]|$)/.exec(field.toString('latin1'))?.[1];
  if (digits === undefined) return Number.NaN;
  return digits === '' ? 0 : Number.parseInt(digits, 8);
};
