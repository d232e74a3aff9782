import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { createFakeWorld, type FakeWorld, home, putLogin } from './fake-world.ts';
import { keys, type OpenApp, type OpenOptions, openApp } from './open-app.tsx';

/** Goes through the wizard with the keys that a newcomer would press, and gives the frame of each step. */
const walk = async (world: FakeWorld, options: OpenOptions): Promise<Record<string, string>> => {
  const frames: Record<string, string> = {};
  const app = openApp(world, options);
  frames.engine = await app.waitFor('is running');
  await app.type(keys.enter);
  frames.profile = await app.waitFor('New: another name');
  await app.type(keys.enter);
  frames.directory = await app.waitFor('Directory');
  await app.type(keys.enter);
  frames.image = await app.waitFor('Behind a company proxy');
  world.engine.build.hold();
  await app.type(keys.enter);
  await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
  await app.type('l');
  world.engine.build.emit({ type: 'step', step: 3, steps: 9, text: 'RUN npm install --global claude-code' });
  world.engine.build.emit({ type: 'line', text: 'added 2 packages in 14s' });
  world.clock.advance(67_000);
  await app.waitFor('1:07');
  frames.building = await app.waitFor('added 2 packages');
  await finishBuild(world);
  frames.method = await app.waitFor('How do you want to sign in?');
  await signIn(app, world);
  frames.verify = await app.waitFor('accepts this login');
  await app.type(keys.enter);
  frames.firstRun = await app.waitFor('skipDangerousModePermissionPrompt');
  await app.type(keys.enter);
  frames.done = await app.waitFor('You are done');
  await app.type(keys.enter);
  expect(app.left).toEqual([{ outcome: 'completed', interrupted: false, profile: 'dev' }]);
  return frames;
};

/** Both passes of the build: the image, and its label once the CLI was asked. */
const finishBuild = async ({ engine: { build } }: FakeWorld) => {
  build.succeed();
  await vi.waitFor(() => expect(build.requests).toHaveLength(2));
  build.succeed();
};

const signIn = async (app: OpenApp, { runtime, clock }: FakeWorld) => {
  await app.type(keys.enter);
  await vi.waitFor(() => expect(runtime.runs).toHaveLength(1));
  putLogin(runtime.run.files, { onboarded: false });
  await vi.waitFor(() => {
    clock.advance(250);
    expect(app.frame()).not.toContain('How do you want');
    expect(runtime.run.removed).toBe(true);
  });
};

describe('the whole way', () => {
  it('goes from the engine to the end at 80x24', async () => {
    const world = createFakeWorld();
    const frames = await walk(world, {});
    expect(frames.engine).toMatchInlineSnapshot(`
      " claude-setup
       ● Engine ○ Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Where the sign-in runs

       This wizard signs you in to Claude once, and keeps the login in a directory
       that your containers can use.

       ✔ Docker Engine 28.3.0 is running.

       The sign-in gets a container of its own there. When it is finished the
       container is removed, and only the login stays.

       Address   unix:///var/run/docker.sock
       Found by  default socket








       Enter continue  d details  r search again  s no engine  ? help  q quit"
    `);
    expect(frames.profile).toMatchInlineSnapshot(`
      " claude-setup                                                    in a container
       ✔ Engine ● Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Which login is this for?

       A profile is a named login with a directory of its own. Choose one, or make a
       new one.

       ❯ ○ New: dev            ~/.claude-hub
         ○ New: staging        ~/.claude-auth-staging
         ○ New: test           ~/.claude-auth-test
         ○ New: another name   any name, any directory

       Makes the profile dev: for your own containers.









       Enter choose  Esc back  ? help  q quit"
    `);
    expect(frames.directory).toMatchInlineSnapshot(`
      " claude-setup                                                    in a container
       ✔ Engine ● Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Where the login of dev is kept

       The login is kept in this directory. Containers that mount it are signed in. A
       directory that holds a login already is taken over as it is.

       ❯ Directory /home/ada/.claude-hub














       Enter continue  Esc back to the list  Ctrl+G help  Ctrl+C quit"
    `);
    expect(frames.image).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ● Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       The setup image

       The sign-in runs in a small Linux image with the Claude CLI in it, which is
       not there yet. Building it takes a few minutes and about 550 MB, once.

       Base image   node:24-bookworm-slim
       Claude CLI   2.1.330
       Proxy        none
       Extra CA     none

       Behind a company proxy? Press s first.









       Enter build it  s settings  Esc back  ? help  q quit"
    `);
    expect(frames.building).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ● Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       The setup image

       ⠋ Building, step 3 of 9                                                   1:07
       ████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  22%
       RUN npm install --global claude-code
       added 2 packages in 14s

       ╭────────────────────────────────────────────────────────────────────────────╮
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │ Step 3/9: RUN npm install --global claude-code                             │
       │ added 2 packages in 14s                                                    │
       ╰────────────────────────────────────────────────────────────────────────────╯
       l log  c cancel the build  Esc back  ? help  q quit"
    `);
    expect(frames.method).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ● Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Sign in to Claude

       ✔ Image: Built in 1 min 7 s

       How do you want to sign in?

       ❯ Sign-in link     open a link, paste a code; usual
         Full Claude CLI  its whole first start, with theme
         Shell            a command line, to do it by hand
         Long-lived token for a year, for prompts only

       Runs \`claude auth login\`: it shows a link for your browser, and takes the code
       that the browser gives you.







       Enter begin  Esc back  ? help  q quit"
    `);
    expect(frames.verify).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ✔ Sign-in ● Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       The login works, with a remark

       ✔ Sign-in: Captured 2 files, 2.4 kB

       ▲ needs a look: The first-run screens were not finished, so the next container
         shows them. Fix: finish it in the wizard: claude-setup login dev
       ✔ 15 other checks passed

       The Claude CLI accepts this login.











       Enter continue  r check again  a all checks  Esc back  ? help  q quit"
    `);
    expect(frames.firstRun).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ✔ Sign-in ● Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Let containers start without questions?

       The Claude CLI asks a few things at its first start. These answers would be
       written into /home/ada/.claude-hub:
         .claude.json
           • hasCompletedOnboarding: true
           • projects["/workspace"].hasTrustDialogAccepted: true
         settings.json
           • skipDangerousModePermissionPrompt: true

       Trusted folders, as containers see them: /workspace









       Enter write it  s skip  Esc back  e edit folders  ? help  q quit"
    `);
    expect(frames.done).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ✔ Sign-in ✔ Verify ● Done
      ────────────────────────────────────────────────────────────────────────────────
       You are done

       Account       ada@example.com
       Organisation  Analytical Engines
       Plan          max
       Scopes        user:inference, user:profile
       Access until  2026-11-24 18:00 UTC, in 7 h 59 min
       Login until   2026-12-22 10:00 UTC, in 28 days
       Directory     /home/ada/.claude-hub

       ❯ Check the login at any time
         Run Claude with it in a container
         Use it in a compose file

      claude-setup check dev





       Enter finish  c copy the command  u use elsewhere  Esc back  ? help  q quit"
    `);
    expect(world.store.directory(`${home}/.claude-hub`).text('.credentials.json')).toContain(
      'sk-ant-ort01-TEST',
    );
    expect(world.store.directory(`${home}/.claude-hub`).text('.claude.json')).toContain('"/workspace"');
    expect(world.config.wizard).toBeNull();
  });

  it.each([
    [60, 20],
    [120, 40],
  ])('fits %ix%i', async (columns, rows) => {
    const frames = await walk(createFakeWorld(), { columns, rows });
    for (const frame of Object.values(frames)) {
      const lines = frame.split('\n');
      expect(lines).toHaveLength(rows);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      // The foot with its keys is the last line, and it always tells how to get out.
      expect(lines.at(-1)).toMatch(/^ (Enter|l|y) .*(q|Ctrl\+C) quit$/);
    }
    if (columns === 60)
      expect(frames.done).toMatchInlineSnapshot(`
        " claude-setup                           dev, in a container
         ✔ Engine ✔ Profile ✔ Image ✔ Sign-in ✔ Verify ● Done
        ────────────────────────────────────────────────────────────
         You are done

         ❯ Who is signed in
           Check the login at any time
           Run Claude with it in a container
           Use it in a compose file

         Account       ada@example.com
         Organisation  Analytical Engines
         Plan          max
         Scopes        user:inference, user:profile
         Access until  2026-11-24 18:00 UTC, in 7 h 59 min
         Login until   2026-12-22 10:00 UTC, in 28 days
         Directory     /home/ada/.claude-hub


         Enter finish  c copy the command  Esc back  ? help  q quit"
      `);
  });

  it('shows no escape sequence for colour with NO_COLOR, and ASCII alone on a dumb terminal', async () => {
    const coloured = openApp(createFakeWorld());
    await coloured.waitFor('is running');
    const plain = openApp(createFakeWorld(), { env: { LANG: 'C.UTF-8', NO_COLOR: '1' } });
    await plain.waitFor('is running');
    // The codes of foreground and background colours, but for the default one.
    const colour = new RegExp(`${String.fromCharCode(27)}\\[(3|4|9|10)[0-8]m`);
    expect(coloured.styled()).toMatch(colour);
    expect(plain.styled()).not.toMatch(colour);
    const dumb = openApp(createFakeWorld(), { env: { TERM: 'dumb', LANG: 'C.UTF-8' } });
    await dumb.waitFor('is running');
    expect([...dumb.frame()].every((character) => character.charCodeAt(0) < 128)).toBe(true);
  });
});

describe('coming back', () => {
  it('goes on where it was left, by the saved answers, and looks at everything again', async () => {
    const world = createFakeWorld();
    world.addImage();
    const first = openApp(world);
    await first.waitFor('is running');
    await first.type(keys.enter);
    await first.waitFor('New: dev');
    await first.type(keys.enter);
    await first.waitFor('Directory');
    await first.type(keys.enter);
    await first.waitFor('How do you want to sign in?');
    await first.type('q');
    expect(first.left).toEqual([{ outcome: 'aborted', interrupted: false, profile: 'dev' }]);
    expect(world.config.wizard).toEqual({ runtime: 'docker', profile: 'dev', method: null });

    const second = openApp(world);
    const frame = await second.waitFor('How do you want to sign in?');
    expect(frame).toContain('Engine: Found Docker Engine 28.3.0');
    expect(frame).toContain('Profile: Using the profile dev');
    expect(frame).toContain('Image: The setup image claude-setup:21330 is up to date');

    world.engine.images.clear();
    const third = openApp(world);
    await third.waitFor('Behind a company proxy');
  });

  it('skips a healthy login and says so, and still asks the CLI', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev');
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: null } });
    const frame = await app.waitFor('accepts this login');
    expect(frame).toContain('Sign-in: Already signed in as ada@example.com');
    expect(world.runtime.calls.map(({ args }) => args)).toEqual([['auth', 'status']]);
  });

  it('goes back to satisfied steps, one by one', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev');
    const start = { screen: 'wizard', profile: 'dev', runtime: null } as const;
    const app = openApp(world, { start, rows: 40 });
    await app.waitFor('accepts this login');
    for (const text of ['Go on with it', 'is up to date', 'Which login', 'is running']) {
      await app.type(keys.escape);
      await app.waitFor(text);
    }
    await app.type(keys.enter);
    await app.waitFor('Verify: The Claude CLI accepts the login');
    await app.waitFor('You are done');
  });

  it('captures a sign-in that was finished when the wizard was killed', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev', { signedIn: false });
    putLogin(world.runtime.leave({ profile: 'dev' }).files);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const stage = world.ports.store.stage;
    vi.spyOn(world.ports.store, 'stage').mockImplementation(async (...args) => {
      await held;
      return stage(...args);
    });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: null } });
    await app.waitFor('A sign-in that was finished before, but not captured, was found again.');
    release();
    await app.waitFor('Captured 2 files, 2.4 kB');
    await app.waitFor('accepts this login');
    expect(world.runtime.run.removed).toBe(true);
  });

  it('takes a left sign-in up although the login in the directory is fine', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev');
    putLogin(world.runtime.leave({ profile: 'dev' }).files, { token: 'newer' });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: null } });
    await app.waitFor('Captured 2 files');
    await app.waitFor('accepts this login');
    expect(world.store.directory(`${home}/.claude-auth-dev`).text('.credentials.json')).toContain(
      'TEST-newer',
    );
  });

  it('shows a sign-in that still runs', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev', { signedIn: false });
    const run = world.runtime.leave({ profile: 'dev', alive: true });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: null } });
    await vi.waitFor(() => expect(run.session?.sizes.length).toBeGreaterThan(0));
    putLogin(run.files);
    await vi.waitFor(() => {
      world.clock.advance(250);
      expect(app.frame()).toContain('accepts this login');
    });
  });

  it('offers to make a profile that was named and is not there', async () => {
    const world = createFakeWorld();
    const app = openApp(world, { start: { screen: 'wizard', profile: 'prod', runtime: 'docker' } });
    await app.waitFor('❯ Name prod');
    await app.type(keys.enter);
    await app.waitFor(`❯ Directory ${home}/.claude-auth-prod`);
  });
});

describe('leaving', () => {
  const building = async () => {
    const world = createFakeWorld();
    world.addProfile('dev', { signedIn: false });
    world.engine.build.hold();
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('Behind a company proxy');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    await app.waitFor('Building');
    return { world, app };
  };

  it('is asked about while work goes on, and can be taken back', async () => {
    const { world, app } = await building();
    await app.type('q');
    await app.waitFor('the build would be stopped. Leave anyway?');
    await app.type('n');
    await app.waitFor('Building');
    expect(world.engine.build.running).toBe(true);
    await app.type(keys.interrupt);
    await app.waitFor('Leave anyway?');
    await app.type('y');
    await vi.waitFor(() =>
      expect(app.left).toEqual([{ outcome: 'aborted', interrupted: true, profile: 'dev' }]),
    );
    expect(world.engine.build.cancelled).toBe(1);
  });

  it('takes Ctrl+C twice for a yes', async () => {
    const { app } = await building();
    await app.type(keys.interrupt);
    await app.waitFor('Leave anyway?');
    await app.type(keys.interrupt);
    await vi.waitFor(() => expect(app.left).toHaveLength(1));
  });

  it('stops the work and waits for its cleanup when the program is ended from outside', async () => {
    const { world, app } = await building();
    app.end();
    await vi.waitFor(() =>
      expect(app.left).toEqual([{ outcome: 'aborted', interrupted: true, profile: 'dev' }]),
    );
    expect(world.engine.build.running).toBe(false);
  });

  it('goes back out of a build only when it has been cleaned up', async () => {
    const world = createFakeWorld();
    world.addProfile('dev', { signedIn: false });
    const { promise: cleanup, resolve: cleanedUp } = Promise.withResolvers<void>();
    world.engine.build.hold();
    const build = world.engine.build;
    const slow: typeof build = Object.assign(async (...args: Parameters<typeof build>) => {
      const result = await build(...args);
      await cleanup;
      return result;
    }, {}) as typeof build;
    world.search = () => ({ engine: { ...world.engine, build: slow }, attempts: [] });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('Behind a company proxy');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(build.running).toBe(true));
    await app.type(keys.escape);
    await app.waitFor('Stopping');
    expect(build.cancelled).toBe(1);
    expect(app.frame()).toContain('● Image');
    cleanedUp();
    await app.waitFor('Which login');
    expect(app.frame()).toContain('● Profile');
  });

  it('keeps a finished sign-in that was not captured, and clears an unfinished one away', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev', { signedIn: false });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('How do you want');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.runtime.runs).toHaveLength(1));
    app.end();
    await vi.waitFor(() => expect(app.left).toHaveLength(1));
    expect(world.runtime.run.removed).toBe(true);

    world.store.failStage(fail('disk.full', 'Not captured', 'the disk is full', 'free some space').failure);
    putLogin(world.runtime.leave({ profile: 'dev' }).files);
    const again = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await again.waitFor('the disk is full');
    await again.type('q');
    await vi.waitFor(() => expect(again.left).toHaveLength(1));
    expect(world.runtime.run.removed).toBe(false);
  });
});

describe('help', () => {
  it('lists the keys of the screen and closes with any key', async () => {
    const app = openApp(createFakeWorld());
    await app.waitFor('is running');
    await app.type('?');
    expect(await app.waitFor('Help: Where the sign-in runs')).toMatchInlineSnapshot(`
      " claude-setup
       ● Engine ○ Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Help: Where the sign-in runs

       The sign-in runs in a container, so that it leaves nothing on this machine but
       the login. For that a container engine such as Docker or Podman is needed.

                Enter  continue
                    d  details
                    r  search again
                    s  no engine
                    ?  help
                    q  quit
               Ctrl+C  quit








       any key closes the help"
    `);
    await app.type('q');
    await app.waitFor('is running');
    expect(app.left).toEqual([]);
  });
});

describe('trouble with the configuration', () => {
  it('is shown with a way to try again', async () => {
    const world = createFakeWorld();
    world.failSettings(
      fail('settings.unwritable', 'The settings were not saved', 'the disk is read-only', 'make it writable')
        .failure,
    );
    const app = openApp(world);
    await app.waitFor('is running');
    await app.type(keys.enter);
    const frame = await app.waitFor('The settings were not saved');
    expect(frame).toContain('Why: the disk is read-only');
    expect(frame).toContain('Fix: make it writable');
    world.failSettings(null);
    await app.type(keys.enter);
    await app.waitFor('Which login');
  });
});
