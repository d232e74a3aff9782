import { describe, expect, it, vi } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import { App } from '../../../src/tui/app.tsx';
import { expectFits } from '../../support/frames.ts';
import { renderAt } from '../../support/terminal.ts';
import { createFakeWorld } from '../fake-world.ts';

const prefix = '\x1d';
const link = `https://claude.ai/oauth/authorize?z-${'AbC_9-'.repeat(8)}`;

/** The whole app as the program draws it, incrementally, on an emulated terminal, with a sign-in under way. */
const open = async (columns = 80, rows = 24) => {
  const world = createFakeWorld();
  Object.assign(world.ports, { emulator: createEmulator() });
  world.addImage();
  world.addProfile('dev', { signedIn: false });
  const app = await renderAt({ columns, rows }, (keyboard) => (
    <App
      ports={world.ports}
      keyboard={keyboard}
      start={{ screen: 'wizard', profile: 'dev', runtime: 'docker' }}
      env={{ LANG: 'C.UTF-8' }}
      ending={new AbortController().signal}
      onLeave={() => undefined}
    />
  ));
  await app.waitFor('How do you want to sign in?');
  app.type('\r');
  await app.waitFor('Waiting for the sign-in link');
  const { session } = world.runtime.run;
  if (session === null) throw new Error('the sign-in has no session');
  session.emit(`visit:\r\n${link}\r\n\r\nPaste code here > `);
  await app.waitFor(/Sign-in link ready[\s\S]*Paste code here >/);
  return { world, app, session };
};

describe('a session on a real terminal', () => {
  it('keys that come in one piece with the prefix key are for the menu', async () => {
    const { world, app, session } = await open();
    app.type(`abc${prefix}c`);
    await app.waitFor('The link was copied.');
    expect(world.copied).toEqual([link]);
    app.type('def');
    await vi.waitFor(() => expect(session.input).toBe('abcdef'));
  });

  it('the prefix key in a marked paste goes to the session', async () => {
    const { app, session } = await open();
    session.emit('\x1b[?2004h');
    await vi.waitFor(() => expect(app.modes.bracketedPaste()).toBe(true));
    app.type(`\x1b[200~a${prefix}b\x1b[201~`);
    await vi.waitFor(() => expect(session.input).toBe(`\x1b[200~a${prefix}b\x1b[201~`));
    expect(app.frame()).toContain('Ctrl+] menu');
  });

  it('the whole terminal is given to the session and taken back, each drawn whole', async () => {
    const { app, session } = await open();
    const before = app.frame();
    app.type(prefix);
    await app.waitFor('f full');
    app.type('f');
    await vi.waitFor(() => expect(app.frame()).toMatch(/^visit:\n\S{80}\n\S+\n\nPaste code here >$/));
    expect(session.sizes.at(-1)).toEqual({ columns: 80, rows: 24 });
    app.resize(70, 22);
    expect(session.sizes.at(-1)).toEqual({ columns: 70, rows: 22 });
    await vi.waitFor(() => expect(app.frame()).toMatch(/^visit:\n\S{70}\n\S+\n\nPaste code here >$/));
    app.resize(80, 24);
    app.type('\x1b[A\x03');
    await vi.waitFor(() => expect(session.input).toBe('\x1b[A\x03'));
    app.type(prefix);
    await vi.waitFor(() => expect(app.frame()).toBe(before));
    expect(session.sizes.at(-1)).toEqual({ columns: 76, rows: 11 });
    app.type('x');
    await vi.waitFor(() => expect(session.input).toBe('\x1b[A\x03x'));
    expect(app.raw()).toBe(true);
  });

  it.each([
    [60, 20],
    [80, 24],
    [100, 30],
    [120, 40],
  ])('follows the terminal to %i x %i, pane and link whole', async (columns, rows) => {
    const { app, session } = await open(90, 28);
    app.resize(columns, rows);
    await vi.waitFor(() => {
      const lines = app.frame().split('\n');
      const top = lines.findIndex((line) => line.includes('╭'));
      const { columns: inner = 0, rows: height = 0 } = session.sizes.at(-1) ?? {};
      expect(lines[top]).toContain(`╭${'─'.repeat(inner)}╮`);
      expect(lines[top + height + 1]).toContain(`╰${'─'.repeat(inner)}╯`);
      expect(lines[top + 1]).toMatch(/│visit: +│/);
      expect(lines.at(-1)).toContain('Ctrl+] menu');
      expectFits(app.frame(), columns, rows);
    });
  });
});
