/** Ctrl+]: never sent by mistake, and no key of the CLI's. */
export const prefixByte = 0x1d;

/** Typed bytes, shared out. */
export interface SharedInput {
  /** For the session, byte for byte. */
  readonly session: Uint8Array;
  /** What came after the prefix key; null when it was not pressed. */
  readonly rest: Uint8Array | null;
}

const pasteBegins = '\x1b[200~';
const pasteEnds = '\x1b[201~';
const prefix = String.fromCharCode(prefixByte);

/** Shares out what is typed while a session has the keys. In a marked paste the prefix is a character like any other. */
export const createSessionInput = (): ((bytes: Uint8Array) => SharedInput) => {
  let pasting = false;
  /** The end of the bytes before, in which a mark may have begun. */
  let carried = '';
  return (bytes) => {
    const text = carried + Buffer.from(bytes).toString('latin1');
    const typed = carried.length;
    const pressed = findPrefix(text, typed, pasting);
    pasting = pastingAfter(text, pasting);
    carried = text.slice(-(pasteBegins.length - 1));
    if (pressed < 0) return { session: bytes, rest: null };
    return { session: bytes.subarray(0, pressed - typed), rest: bytes.subarray(pressed - typed + 1) };
  };
};

/** Where the prefix key was pressed, outside of pastes; -1 when it was not. */
const findPrefix = (text: string, from: number, pasting: boolean): number => {
  let at = pasting ? text.indexOf(pasteEnds) : 0;
  while (at >= 0) {
    const begins = text.indexOf(pasteBegins, at);
    const pressed = text.indexOf(prefix, Math.max(at, from));
    if (pressed >= 0 && (begins < 0 || pressed < begins)) return pressed;
    at = begins < 0 ? -1 : text.indexOf(pasteEnds, begins);
  }
  return -1;
};

const pastingAfter = (text: string, before: boolean): boolean => {
  const began = text.lastIndexOf(pasteBegins);
  const ended = text.lastIndexOf(pasteEnds);
  return began === ended ? before : began > ended;
};
