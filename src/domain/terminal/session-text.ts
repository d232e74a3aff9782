import { isSignInUrl } from '../sign-in-url.ts';

/** What a session may do to a person's terminal: text, its colours, and moves of the cursor. */
export interface SessionText {
  /** What of the next piece of output may be written to the terminal. */
  pass(chunk: Uint8Array): string;
}

type State = 'text' | 'escape' | 'designation' | 'sequence' | 'string' | 'string-end';

const esc = '\x1b';

/** Moves, erasures, insertions, scrolling and the cursor's memory; colours. None of them is answered. */
const picture = /^\[(\d{0,4}(?:[;:]\d{0,4})*)([@A-HJ-MPSTXZ`ade-gmrsu])$/;

/** Visible cursor, wrapped lines, cursor keys, marked pastes, the other screen, whole pictures. No mouse, no focus. */
const modes = /^\[\?(?:25|7|1|2004|47|1047|1049|2026)[hl]$/;

/** Saves and restores the cursor, moves by a line, chooses the keypad. */
const simple = '78DEM=>';

/** Control characters that are text: bell, backspace, tab, lines. */
const textControls = '\x07\b\t\n\r';

/** Of C1, in UTF-8: those that begin a sequence or a string, as what stands for them after an Escape. */
const c1: Readonly<Record<string, string>> = {
  '\x9b': '[',
  '\x9d': ']',
  '\x90': 'P',
  '\x98': 'X',
  '\x9e': '^',
  '\x9f': '_',
};

const longestSequence = 128;
const longestString = 8192;

/**
 * Lets through what draws, and nothing else: no title, no clipboard, no question that the terminal would answer in place
 * of the keyboard, no change of direction. A link is let through when it is the sign-in.
 */
export const createSessionText = (hosts?: readonly string[]): SessionText => {
  const decoder = new TextDecoder();
  let state: State = 'text';
  let held = '';
  let out = '';

  const inText = (one: string): void => {
    if (one === esc) state = 'escape';
    else if (one in c1) begin(c1[one] ?? '');
    else if (textControls.includes(one) || !/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(one)) out += one;
  };
  const begin = (one: string): void => {
    held = one;
    if (one === '[') state = 'sequence';
    else if (']PX^_'.includes(one)) state = 'string';
    else if (one >= ' ' && one <= '/') state = 'designation';
    else {
      if (simple.includes(one)) out += esc + one;
      state = 'text';
    }
  };
  const inSequence = (one: string): void => {
    if (held.length < longestSequence) held += one;
    if (one < '@' || one > '~') return;
    if (picture.test(held) || modes.test(held)) out += esc + held;
    state = 'text';
  };
  const endString = (): void => {
    state = 'text';
    const link = /^\]8;[^;]*;(.*)$/s.exec(held)?.[1];
    if (link !== undefined && (link === '' || isSignInUrl(link, hosts))) out += `${esc}]8;;${link}${esc}\\`;
  };
  const next = (one: string): void => {
    // Ends whatever has begun (source: ECMA-48, CAN and SUB).
    if (one === '\x18' || one === '\x1a') state = 'text';
    else if (state === 'text') inText(one);
    else if (state === 'string') {
      if (one === '\x07' || one === '\x9c') endString();
      else if (one === esc) state = 'string-end';
      else if (held.length < longestString) held += one;
    } else if (state === 'string-end') {
      if (one === '\\') endString();
      else begin(one);
    } else if (one === esc) state = 'escape';
    else if (state === 'escape') begin(one);
    // Character sets, and the like: one more, and it is over.
    else if (state === 'designation') state = one >= ' ' && one <= '/' ? state : 'text';
    else if (one >= ' ') inSequence(one);
  };
  return {
    pass(chunk) {
      out = '';
      for (const one of decoder.decode(chunk, { stream: true })) next(one);
      return out;
    },
  };
};
