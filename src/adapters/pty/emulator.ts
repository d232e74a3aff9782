import type { Terminal } from '@xterm/headless';
import {
  falseSignInPlace,
  findFalseSignInPlace,
  findSignInUrl,
  isSignInUrl,
  usualSignInHosts,
} from '../../domain/sign-in-url.ts';
import type { TerminalText } from '../../domain/terminal/text.ts';
import { findLongLivedToken, tokenColumns } from '../../domain/token-mask.ts';
import type { Emulator, Screen, ScreenCursor, ScreenRow } from '../../ports/emulator.ts';
import type { TerminalSize } from '../../ports/session.ts';
import { styledRow, textRow } from './cells.ts';
import { createEvent } from './event.ts';
import { listenTo } from './sequences.ts';
import { openTerminal } from './terminal.ts';

/** At the most so often are listeners told, in milliseconds: 30 pictures a second. */
const changeIntervalMs = 33;

/** Nobody reads so much output between two pictures; then taking it in goes before drawing it. */
const floodBytes = 64 * 1024;
const floodIntervalMs = 100;

/** Output is taken in by pieces of so many bytes, so that keys get their turn whatever the output asks for. */
const pieceBytes = 8 * 1024;

/** A longer title, link or clipboard text is none: it would be collected until the memory is full. */
const sequenceLimitBytes = 128 * 1024;

/** CAN: ends a sequence that has begun, and does nothing otherwise (source: ECMA-48). */
const cancel = 0x18;

/** Answers between two pictures. A session that asks for more does not listen, and they would pile up. */
const replyLimitBytes = 4 * 1024;

/** The terminal emulator of the pane. */
export const createEmulator = (): Emulator => ({
  open: async (size, signInHosts = usualSignInHosts) =>
    new EmulatedScreen(await openTerminal(size), signInHosts),
});

class EmulatedScreen implements Screen {
  readonly #terminal: Terminal;
  readonly #hosts: readonly string[];
  readonly #changed = createEvent<void>();
  readonly #replied = createEvent<Uint8Array>();
  readonly #copied = createEvent<string>();
  readonly #widths = new Set<number>();
  #title = '';
  #cursorVisible = true;
  /** From an OSC 8 link, exact; a program that makes links makes them for every URL. */
  #linkTarget: string | null = null;
  #signInUrl: string | null = null;
  #falseSignInPlace: string | null = null;
  #longLivedToken: string | null = null;
  #text: TerminalText | null = null;
  #replyBytes = 0;
  #sinceEscape = 0;
  #sincePicture = 0;
  #timer: NodeJS.Timeout | null = null;
  #again = false;
  #disposed = false;

  constructor(terminal: Terminal, hosts: readonly string[]) {
    this.#terminal = terminal;
    this.#hosts = hosts;
    this.#widths.add(terminal.cols);
    terminal.onTitleChange((title) => {
      this.#title = title.replaceAll(/\p{C}/gu, '').slice(0, 200);
    });
    terminal.onData((data) => this.#reply(data));
    terminal.onWriteParsed(() => this.#redraw());
    listenTo(terminal, {
      link: (url) => {
        if (isSignInUrl(url, hosts)) this.#linkTarget = url;
        else this.#falseSignInPlace = falseSignInPlace(url, hosts) ?? this.#falseSignInPlace;
      },
      clipboard: (text) => this.#copied.emit(text),
      reply: (text) => this.#reply(text),
      cursorVisible: (visible) => {
        this.#cursorVisible = visible;
      },
    });
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

  get falseSignInPlace(): string | null {
    return this.#falseSignInPlace;
  }

  get longLivedToken(): string | null {
    return this.#longLivedToken;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length && !this.#disposed; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes);
      this.#sincePicture += piece.length;
      if (this.#isEndless(piece)) this.#terminal.write(Uint8Array.of(cancel));
      if (at + pieceBytes < chunk.length) this.#terminal.write(piece);
      else await new Promise<void>((resolve) => this.#terminal.write(piece, resolve));
    }
  }

  resize({ columns, rows }: TerminalSize): void {
    if (this.#disposed) return;
    this.#terminal.resize(Math.max(columns, 2), Math.max(rows, 1));
    this.#widths.add(this.#terminal.cols);
    this.#redraw();
  }

  rows(): readonly ScreenRow[] {
    const { active } = this.#terminal.buffer;
    // Tokens are looked for in everything, so that one whose first row scrolled away is masked too.
    const masked = tokenColumns(this.#searchable(), this.#longLivedToken);
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
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#terminal.dispose();
  }

  /** Whether before this piece it is time to end what may be a sequence without an end; never within a character. */
  #isEndless(piece: Uint8Array): boolean {
    const isCharacterCut = (piece[0] ?? 0) >= 0x80 && (piece[0] ?? 0) < 0xc0;
    const endless = this.#sinceEscape > sequenceLimitBytes && !isCharacterCut;
    const last = piece.lastIndexOf(0x1b);
    this.#sinceEscape = last < 0 ? (endless ? 0 : this.#sinceEscape) + piece.length : piece.length - last;
    return endless;
  }

  #reply(text: string): void {
    this.#replyBytes += text.length;
    if (this.#replyBytes <= replyLimitBytes) this.#replied.emit(Buffer.from(text, 'utf8'));
  }

  /** Every row that is kept, for searching; none of them when nothing of interest is on the terminal. */
  #searchable(): TerminalText {
    this.#text ??= this.#read();
    return this.#text;
  }

  #read(): TerminalText {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row));
    // Cheap for the usual case, since this runs with every picture. What was cut is put together first.
    const all = lines.map((line) => line?.translateToString(true).trimStart() ?? '').join('');
    const known = this.#longLivedToken !== null;
    const interesting = known || /https?:\/\//i.test(all) || all.includes('sk-ant-');
    return {
      rows: interesting
        ? lines.map((line) => (line ? textRow(line, this.#terminal.cols) : { text: '', wrapped: false }))
        : [],
      widths: this.#widths,
      cursorRow: active.baseY + active.cursorY,
    };
  }

  #redraw(): void {
    this.#text = null;
    this.#schedule();
  }

  /** Tells listeners at once, and after that at most every 33 ms, so that an echo is not kept waiting. */
  #schedule(): void {
    if (this.#disposed) return;
    if (this.#timer !== null) {
      this.#again = true;
      return;
    }
    const interval = this.#sincePicture < floodBytes ? changeIntervalMs : floodIntervalMs;
    this.#again = false;
    this.#replyBytes = 0;
    this.#sincePicture = 0;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#again) this.#schedule();
    }, interval);
    const text = this.#searchable();
    this.#signInUrl = this.#linkTarget ?? longer(this.#signInUrl, findSignInUrl(text, this.#hosts));
    this.#falseSignInPlace = findFalseSignInPlace(text, this.#hosts) ?? this.#falseSignInPlace;
    this.#longLivedToken = longer(this.#longLivedToken, findLongLivedToken(text));
    this.#changed.emit();
  }
}

/** The newest one, unless it is only the beginning of the one before, as it is left by a resize. */
const longer = (before: string | null, found: string | null): string | null =>
  found === null || before?.startsWith(found) ? before : found;
