import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import { handOver } from '../../../src/tui/terminal/hand-over.ts';
import { createKeyboard } from '../../../src/tui/terminal/keyboard.ts';
import { startSignIn } from '../../../src/usecases/sign-in.ts';
import { unwrap } from '../../support/results.ts';
import { createFakeWorld } from '../fake-world.ts';

const terminal = (columns: number, rows: number) => {
  let raw = false;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(mode: boolean) {
      raw = mode;
    },
  });
  const written: string[] = [];
  const stdout = Object.assign(new PassThrough(), { columns, rows });
  stdout.on('data', (chunk) => written.push(String(chunk)));
  return { stdin, stdout, raw: () => raw, written: () => written.join('') };
};

const setup = async () => {
  const world = createFakeWorld();
  Object.assign(world.ports, { emulator: createEmulator() });
  const profile = world.addProfile('dev', { signedIn: false });
  const size = { columns: 40, rows: 10 };
  const signal = new AbortController().signal;
  const signIn = unwrap(
    await startSignIn(world.ports, { runtime: world.runtime, profile, method: 'setup-token', size }, signal),
  );
  const { session } = world.runtime.run;
  if (session === null) throw new Error('no session');
  const place = terminal(100, 30);
  const keyboard = createKeyboard(place.stdin as never);
  const ended = handOver({ signIn, keyboard, stdout: place.stdout, color: true, signal });
  return { signIn, session, place, keyboard, ended };
};

describe('handOver', () => {
  it('says that a link is no sign-in, over the last row', async () => {
    const { session, place, ended } = await setup();
    session.emit('visit https://claude.ai.evil.example/oauth/authorize?x\r\n');
    await vi.waitFor(() =>
      expect(place.written()).toContain("\x1b[30;1H\x1b[7mclaude.ai.evil.example is no sign-in of Claude's"),
    );
    place.stdin.write('\x1d');
    await ended;
  });

  it('gives the session the whole terminal and the keys, and takes both back on the prefix key', async () => {
    const { session, place, keyboard, ended } = await setup();
    expect(session.sizes.at(-1)).toEqual({ columns: 100, rows: 30 });
    expect(place.raw()).toBe(true);
    place.stdin.write('ab\x03');
    place.stdin.write('c\x1dnot for the session');
    expect(await ended).toBe('prefix');
    expect(session.input).toBe('ab\x03c');
    expect(place.raw()).toBe(false);
    expect(place.written()).toMatch(/^\x1b\[\?1049h[\s\S]*\x1b\[\?1049l$/);
    place.stdin.write('x');
    expect(String(keyboard.stdin.read())).toBe('x');
  });

  it('follows the size of the terminal', async () => {
    const { session, place, ended } = await setup();
    Object.assign(place.stdout, { columns: 50, rows: 12 }).emit('resize');
    expect(session.sizes.at(-1)).toEqual({ columns: 50, rows: 12 });
    place.stdin.write('\x1d');
    await ended;
  });

  it('lets nothing of the session out but what the emulator shows', async () => {
    const { session, place, ended } = await setup();
    session.emit('\x1b]0;evil\x07\x1b]52;c;ZXZpbA==\x07\x1b[21t\x1b[>0q\x1bP$q"p\x1b\\\x1b[31mred');
    await vi.waitFor(() => expect(place.written()).toContain('\x1b[31mred'));
    expect(place.written()).not.toMatch(/evil|ZXZpbA|\x1b\]|\x1bP|\x1b\[21t/);
    place.stdin.write('\x1d');
    await ended;
  });

  it('ends by itself with the sign-in, and never shows a token', async () => {
    const { session, place, ended } = await setup();
    session.emit(`Your token:\r\nsk-ant-oat01-${'SECRET'.repeat(15)}\r\n`);
    expect(await ended).toBe('settled');
    expect(place.written()).not.toContain('SECRET');
  });

  it('draws only rows that changed', async () => {
    const { session, place, ended } = await setup();
    session.emit('first row\r\nsecond row');
    await vi.waitFor(() => expect(place.written()).toContain('second row'));
    const before = place.written().length;
    session.emit('!');
    await vi.waitFor(() => expect(place.written()).toContain('second row!'));
    expect(place.written().slice(before)).not.toContain('first row');
    expect(place.written().length - before).toBeLessThan(250);
    place.stdin.write('\x1d');
    await ended;
  });
});
