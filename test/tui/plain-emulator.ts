import type { Emulator } from '../../src/ports/emulator.ts';

/** A screen of a session that shows nothing but what the test puts on it. */
export const plainEmulator: Emulator = {
  open: async ({ rows }) => {
    const listeners = new Set<() => void>();
    let url: string | null = null;
    return {
      async write(chunk) {
        url = /https:\S+/.exec(new TextDecoder().decode(chunk))?.[0] ?? url;
        for (const listener of listeners) listener();
      },
      resize: () => {},
      rows: () => Array.from({ length: rows }, () => ({ runs: [] })),
      cursor: { column: 0, row: 0, visible: false },
      title: '',
      bracketedPaste: false,
      get signInUrl() {
        return url;
      },
      falseSignInPlace: null,
      longLivedToken: null,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onReply: () => () => {},
      onClipboard: () => () => {},
      dispose: () => listeners.clear(),
    };
  },
};
