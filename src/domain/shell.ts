/** A word as a POSIX shell takes it: quoted when it holds anything but plain characters. */
export const shellQuoted = (word: string): string =>
  /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
