import type { Terminal } from '@xterm/headless';
import { findSignInUrl, isSignInUrl, type TextRow } from '../../domain/sign-in-url.ts';
import { findLongLivedToken, tokenColumns } from '../../domain/token-mask.ts';
import type { Emulator, Screen, ScreenCursor, ScreenRow } from '../../ports/emulator.ts';
import type { TerminalSize } from '../../ports/session.ts';
import { styledRow, textRow } from './cells.ts';
import { createEvent } from './event.ts';

/** Rows kept above the visible ones, so that a link that scrolled away is still found. */
const scrollback = 200;

/** At the most so often are listeners told, in milliseconds: 30 pictures a second. */
const changeIntervalMs = 33;

/** Larger clipboard texts of a session are dropped. */
const clipboardLimitBytes = 64 * 1024;

/** The terminal emulator of the pane. */
export const createEmulator = (): Emulator => ({
  async open(size) {
    const { Terminal: Emulated } = await loadTerminal();
    return new EmulatedScreen(
      new Emulated({
        cols: size.columns,
        rows: size.rows,
        scrollback,
        allowProposedApi: true,
        logLevel: 'off',
      }),
    );
  },
});

/** The package is CommonJS: in the bundle its exports are names, in plain Node they hang below `default`. */
const loadTerminal = async (): Promise<typeof import('@xterm/headless')> => {
  const loaded = await import('@xterm/headless');
  return 'Terminal' in loaded
    ? loaded
    : (loaded as { readonly default: typeof import('@xterm/headless') }).default;
};

class EmulatedScreen implements Screen {
  readonly #terminal: Terminal;
  readonly #changed = createEvent<void>();
  readonly #replied = createEvent<Uint8Array>();
  readonly #copied = createEvent<string>();
  #title = '';
  #cursorVisible = true;
  /** From an OSC 8 link, exact; a program that makes links makes them for every URL. */
  #linkTarget: string | null = null;
  #signInUrl: string | null = null;
  #longLivedToken: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #again = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.onTitleChange((title) => {
      this.#title = title.replaceAll(/\p{C}/gu, '').slice(0, 200);
    });
    terminal.onData((data) => this.#replied.emit(Buffer.from(data, 'utf8')));
    terminal.onWriteParsed(() => this.#schedule());
    this.#handleSequences(terminal);
  }

  get title(): string {
    return this.#title;
  }

  get bracketedPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  get cursor(): ScreenCursor {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { column: Math.min(cursorX, this.#terminal.cols - 1), row: cursorY, visible: this.#cursorVisible };
  }

  get signInUrl(): string | null {
    return this.#signInUrl;
  }

  get longLivedToken(): string | null {
    return this.#longLivedToken;
  }

  write(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(chunk, resolve));
  }

  resize({ columns, rows }: TerminalSize): void {
    this.#terminal.resize(Math.max(columns, 2), Math.max(rows, 1));
    this.#schedule();
  }

  rows(): readonly ScreenRow[] {
    const { active } = this.#terminal.buffer;
    // Tokens are looked for in everything, so that one whose first row scrolled away is masked too.
    const masked = tokenColumns(this.#text());
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      const line = active.getLine(active.baseY + row);
      return line
        ? styledRow(active, line, this.#terminal.cols, masked.get(active.baseY + row))
        : { runs: [] };
    });
  }

  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  onReply(listener: (bytes: Uint8Array) => void): () => void {
    return this.#replied.on(listener);
  }

  onClipboard(listener: (text: string) => void): () => void {
    return this.#copied.on(listener);
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#terminal.dispose();
  }

  #handleSequences({ parser }: Terminal): void {
    parser.registerOscHandler(8, (data) => {
      const target = data.slice(data.indexOf(';') + 1);
      if (isSignInUrl(target)) this.#linkTarget = target;
      return false;
    });
    parser.registerOscHandler(52, (data) => {
      const content = data.slice(data.indexOf(';') + 1);
      // `?` asks for what is on the person's clipboard, which is none of the session's business.
      if (content !== '?' && content.length <= (clipboardLimitBytes * 4) / 3) {
        this.#copied.emit(Buffer.from(content, 'base64').toString('utf8'));
      }
      return true;
    });
    // Colours are asked for to choose a theme: light text on a dark ground, as the pane is drawn.
    for (const [code, rgb] of [
      [10, 'ffff/ffff/ffff'],
      [11, '0000/0000/0000'],
    ] as const) {
      parser.registerOscHandler(code, (data) => {
        if (data === '?') this.#replied.emit(Buffer.from(`\x1b]${code};rgb:${rgb}\x1b\\`));
        return true;
      });
    }
    // The kitty keyboard protocol is not spoken here.
    parser.registerCsiHandler({ prefix: '?', final: 'u' }, () => {
      this.#replied.emit(Buffer.from('\x1b[?0u'));
      return true;
    });
    for (const [final, visible] of [
      ['h', true],
      ['l', false],
    ] as const) {
      parser.registerCsiHandler({ prefix: '?', final }, (parameters) => {
        if (parameters.includes(25)) this.#cursorVisible = visible;
        return false;
      });
    }
  }

  /** Every row that is kept, for searching; none of them when nothing of interest is on the terminal. */
  #text(): readonly TextRow[] {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row));
    // Cheap for the usual case, since this runs with every picture.
    if (!lines.some((line) => /https:\/\/|sk-/.test(line?.translateToString(true) ?? ''))) return [];
    return lines.map((line) => (line ? textRow(line, this.#terminal.cols) : { text: '', wrapped: false }));
  }

  /** Tells listeners at once, and after that at most every 33 ms, so that an echo is not kept waiting. */
  #schedule(): void {
    if (this.#timer !== null) {
      this.#again = true;
      return;
    }
    this.#again = false;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#again) this.#schedule();
    }, changeIntervalMs);
    const text = this.#text();
    this.#signInUrl = this.#linkTarget ?? findSignInUrl(text) ?? this.#signInUrl;
    this.#longLivedToken = findLongLivedToken(text) ?? this.#longLivedToken;
    this.#changed.emit();
  }
}
