import { Console } from 'node:console';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { runTui } from '../../src/tui/run-tui.tsx';
import { createFakeWorld } from './fake-world.ts';

// Ink patches the console with this class, which the test runner's own console lacks.
console.Console = Console;

const enterAlternate = '\x1b[?1049h';
const leaveAlternate = '\x1b[?1049l';

/** The real entry on a terminal in memory, as it is drawn: only what changed. */
const run = (world = createFakeWorld()) => {
  let written = '';
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk);
        done();
      },
    }),
    { isTTY: true, columns: 80, rows: 24 },
  );
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (mode: boolean) => {
      raw.push(mode);
      return stdin;
    },
    ref: () => stdin,
    unref: () => stdin,
  });
  const ending = new AbortController();
  const end = runTui({
    ports: world.ports,
    start: { screen: 'wizard', profile: null, runtime: null },
    stdin: stdin as never,
    stdout: stdout as never,
    stderr: stdout as never,
    env: { LANG: 'C.UTF-8' },
    signal: ending.signal,
  });
  return { end, ending, raw, stdin, written: () => written };
};

describe('the entry of the screens', () => {
  it.each([
    ['q', { outcome: 'aborted', profile: null, exitStatus: 1 }],
    ['\x03', { outcome: 'aborted', profile: null, exitStatus: 130 }],
  ])('ends with %j as %j, the terminal as it was', async (key, expected) => {
    const { end, stdin, written, raw } = run();
    await vi.waitFor(() => expect(written()).toContain('is running'));
    stdin.write(key);
    expect(await end).toEqual(expected);
    expect(written().startsWith(enterAlternate)).toBe(true);
    expect(written()).toContain(leaveAlternate);
    expect(raw.at(-1)).toBe(false);
  });

  it('ends when the program is asked to', async () => {
    const { end, ending, written } = run();
    await vi.waitFor(() => expect(written()).toContain('is running'));
    ending.abort();
    expect(await end).toMatchObject({ outcome: 'aborted' });
    expect(written()).toContain(leaveAlternate);
  });

  it('restores the terminal and rejects when a screen has a bug', async () => {
    const world = createFakeWorld();
    world.search = () => {
      throw new Error('a bug');
    };
    const { end, written } = run(world);
    await expect(end).rejects.toThrow('a bug');
    expect(written()).toContain(leaveAlternate);
  });
});
