import { describe, expect, it } from 'vitest';
import { createKeyboard } from '../../../src/tui/terminal/keyboard.ts';
import { createTerminal } from '../../support/terminal.ts';

const setup = async () => {
  const terminal = await createTerminal(80, 24);
  const keyboard = createKeyboard(terminal.stdin);
  const got: string[] = [];
  const take = (giveBackAfter?: string) =>
    keyboard.take((bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      const at = giveBackAfter === undefined ? -1 : text.indexOf(giveBackAfter);
      got.push(at < 0 ? text : text.slice(0, at));
      return at < 0 ? null : bytes.subarray(at + 1);
    });
  const forInk = () => String(keyboard.stdin.read() ?? '');
  return { terminal, keyboard, got, take, forInk };
};

describe('createKeyboard', () => {
  it('gives everything to Ink, unless somebody took the keyboard', async () => {
    const { terminal, got, take, forInk } = await setup();
    terminal.type('a');
    const release = take();
    terminal.type('b');
    release();
    terminal.type('c');
    expect([got, forInk()]).toEqual([['b'], 'ac']);
  });

  it('gives bytes as they were typed, cut characters too', async () => {
    const { terminal, got, take } = await setup();
    take();
    terminal.type(Uint8Array.of(0xc3));
    terminal.type(Uint8Array.of(0xa9, 0x1b));
    expect(got).toEqual(['\xc3', '\xa9\x1b']);
  });

  it('keeps what was given back, and what comes after it, for the next one', async () => {
    const { terminal, got, take, forInk } = await setup();
    const release = take('!');
    terminal.type('a!b');
    terminal.type('c!d');
    expect([got, forInk()]).toEqual([['a'], '']);
    release();
    expect([got, forInk()]).toEqual([['a'], 'bc!d']);
    terminal.type('e');
    expect(forInk()).toBe('e');
  });

  it('the newest taker wins, and an older one gets the keys back', async () => {
    const { terminal, keyboard, got, take, forInk } = await setup();
    take();
    const release = keyboard.take(() => null);
    terminal.type('hidden');
    release();
    terminal.type('seen');
    expect([got, forInk()]).toEqual([['seen'], '']);
  });

  it('leaves the terminal to others when closed', async () => {
    const { terminal, keyboard, forInk } = await setup();
    keyboard.close();
    terminal.type('x');
    expect(forInk()).toBe('');
    expect(String(terminal.stdin.read())).toBe('x');
  });
});
