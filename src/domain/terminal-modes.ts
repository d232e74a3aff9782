/** Private modes that a program may leave behind, and what they are again afterwards. */
const usual: ReadonlyMap<string, 'h' | 'l'> = new Map([
  // Shown cursor, wrapped lines.
  ['25', 'h'],
  ['7', 'h'],
  // Keys and pastes.
  ['1', 'l'],
  ['2004', 'l'],
  // Mouse, focus, colour scheme.
  ...['9', '1000', '1002', '1003', '1005', '1006', '1015', '1004', '2031'].map(
    (mode) => [mode, 'l'] as const,
  ),
  // The other screen, last: it brings back what was on the terminal.
  ['47', 'l'],
  ['1047', 'l'],
  ['1049', 'l'],
]);

/** Remembers the modes that a program sets on a terminal. */
export interface ModeWatch {
  watch(chunk: Uint8Array): void;
  /** What puts the terminal back where the program did not; empty when there is nothing to do. */
  undo(): string;
}

const esc = '\x1b';
const change = new RegExp(`${esc}\\[(?:\\?([\\d;]+)([hl])|([><])(\\d*)(?:;\\d+)?([um]))`, 'g');
/** The longest sequence of these; it may be cut between two chunks. */
const tailLength = 64;

export const createModeWatch = (): ModeWatch => {
  const changed = new Set<string>();
  /** Kitty's keyboard modes are a stack. */
  let pushed = 0;
  let otherKeys = false;
  let tail = '';
  return {
    watch(chunk) {
      const text = tail + Buffer.from(chunk).toString('latin1');
      let done = 0;
      for (const match of text.matchAll(change)) {
        const [whole, modes, to, sign, number, kind] = match;
        done = match.index + whole.length;
        for (const mode of modes?.split(';') ?? []) {
          const is = usual.get(mode);
          if (is === undefined) continue;
          if (is === to) changed.delete(mode);
          else changed.add(mode);
        }
        if (kind === 'u') pushed = Math.max(0, pushed + (sign === '>' ? 1 : -Number(number || 1)));
        if (kind === 'm' && sign === '>') otherKeys = whole !== `${esc}[>4m` && !whole.endsWith(';0m');
      }
      tail = text.slice(Math.max(done, text.length - tailLength));
    },
    undo: () =>
      [
        ...(pushed > 0 ? [`${esc}[<${pushed}u`] : []),
        ...(otherKeys ? [`${esc}[>4m`] : []),
        ...[...usual].filter(([mode]) => changed.has(mode)).map(([mode, is]) => `${esc}[?${mode}${is}`),
      ].join(''),
  };
};
