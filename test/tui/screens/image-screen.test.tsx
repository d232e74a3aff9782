import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import { expectFits } from '../../support/frames.ts';
import { createFakeWorld, type FakeWorld } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const atImage = async (world: FakeWorld, options: OpenOptions = {}) => {
  world.addProfile('dev', { signedIn: false });
  const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' }, ...options });
  await app.waitFor('Behind a company proxy');
  return app;
};

const building = async (world: FakeWorld, options: OpenOptions = {}) => {
  world.engine.build.hold();
  const app = await atImage(world, options);
  await app.type(keys.enter);
  await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
  return app;
};

describe('building the setup image', () => {
  it('shows bytes of the base image, steps, lines and the time', async () => {
    const world = createFakeWorld();
    const app = await building(world);
    const { build } = world.engine;
    build.emit({ type: 'pull', phase: 'pulling', bytes: 34_100_000, totalBytes: 82_000_000 });
    await app.waitFor('Base image: downloading 34.1 MB of 82.0 MB');
    build.emit({ type: 'pull', phase: 'extracting', bytes: 50_000_000, totalBytes: 82_000_000 });
    await app.waitFor('Base image: unpacking 50.0 MB of 82.0 MB');
    build.emit({ type: 'step', step: 2, steps: 4, text: 'RUN npm install' });
    await app.waitFor('Building, step 2 of 4');
    world.clock.advance(61_000);
    await app.waitFor('1:01');
    expect(app.frame()).toContain('25%');
    expect(app.frame()).toContain('RUN npm install');
  });

  it('has a log that opens and closes', async () => {
    const world = createFakeWorld();
    const app = await building(world, { columns: 60, rows: 20 });
    for (let line = 1; line <= 40; line += 1) world.engine.build.emit({ type: 'line', text: `line ${line}` });
    await app.waitFor('line 40');
    expect(app.frame()).not.toContain('line 39');
    await app.type('l');
    const open = await app.waitFor('line 39');
    expect(open).not.toContain('line 9 ');
    expectFits(open, 60, 20);
    await app.type('l');
    await vi.waitFor(() => expect(app.frame()).not.toContain('line 39'));
  });

  it('is cancelled by a key, and can begin anew', async () => {
    const world = createFakeWorld();
    const app = await building(world);
    await app.type('c');
    await app.waitFor('Behind a company proxy');
    expect(world.engine.build.cancelled).toBe(1);
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.requests).toHaveLength(2));
  });

  it('tells why it failed, how to mend it, and tries again', async () => {
    const world = createFakeWorld();
    const app = await building(world);
    world.engine.build.emit({ type: 'line', text: 'npm error code SELF_SIGNED_CERT_IN_CHAIN' });
    world.engine.build.fail(
      fail(
        'image.tls',
        'The image was not built',
        'a proxy intercepts TLS',
        'give its CA file in the settings',
      ).failure,
    );
    const frame = await app.waitFor('The image was not built');
    expect(frame).toContain('Why: a proxy intercepts TLS');
    expect(frame).toContain('Fix: give its CA file in the settings');
    await app.type('l');
    await app.waitFor('SELF_SIGNED_CERT_IN_CHAIN');
    await app.type('r');
    await vi.waitFor(() => expect(world.engine.build.requests).toHaveLength(2));
  });

  it('drops what a cancelled build still says', async () => {
    const world = createFakeWorld();
    const app = await building(world);
    await app.type(keys.escape);
    await app.waitFor('Which login');
    expect(world.engine.build.running).toBe(false);
    expect(world.engine.images.size).toBe(0);
  });

  it('is not needed where the image is there', async () => {
    const world = createFakeWorld();
    world.addImage();
    world.addProfile('dev', { signedIn: false });
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('Image: The setup image claude-setup:21330 is up to date');
    await app.type(keys.escape);
    await app.waitFor('Enter continue');
    await app.type(keys.enter);
    await app.waitFor('How do you want to sign in?');
    expect(world.engine.build.requests).toEqual([]);
  });

  it('fails with a way out when the engine is gone', async () => {
    const world = createFakeWorld();
    const app = await atImage(world);
    world.engine.breakDown(
      fail('engine.lost', 'The engine is gone', 'it was stopped', 'start it again').failure,
    );
    await app.type(keys.enter);
    await app.waitFor('The engine is gone');
    expect(app.frame()).toContain('Esc back');
  });
});

describe('the settings of the image', () => {
  it('are edited, saved, and part of the next build', async () => {
    const world = createFakeWorld();
    const app = await atImage(world);
    await app.type('s');
    expect(await app.waitFor('Settings of the setup image')).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ● Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Settings of the setup image

       ❯ Base image     node:24-bookworm-slim
         Claude CLI     2.1.330
         Extra CA file  none; a PEM file for a TLS proxy
         HTTP proxy     none; such as http://proxy:3128
         HTTPS proxy    none; such as http://proxy:3128
         No proxy for   none; names with commas between
         Extra hosts    none; name:address with commas between











       Enter save  Esc leave unsaved  Down next field  Ctrl+G help  Ctrl+C quit"
    `);
    await app.type(keys.down);
    await app.waitFor('❯ Claude CLI');
    await app.type(keys.clear);
    await app.type('latest');
    await app.type(keys.tab);
    await app.waitFor('❯ Extra CA file');
    await app.paste('/etc/corp.pem');
    await app.waitFor('/etc/corp.pem');
    await app.type(keys.enter);
    await app.waitFor('Extra CA     /etc/corp.pem');
    expect(world.config.image).toMatchObject({ cliVersion: 'latest', caFile: '/etc/corp.pem' });
  });

  it('are not saved where one can not be used, nor on Escape', async () => {
    const world = createFakeWorld();
    const app = await atImage(world, { columns: 60, rows: 20 });
    const before = world.config.image;
    await app.type('s');
    await app.waitFor('❯ Base image');
    await app.type(keys.clear);
    await app.type(keys.enter);
    await app.waitFor('The base image is missing');
    await app.type(keys.escape);
    await app.waitFor('Behind a company proxy');
    expect(world.config.image).toBe(before);
  });
});

describe('the CLI on this machine', () => {
  const atCli = (world: FakeWorld) => {
    world.addProfile('dev', { signedIn: false });
    return openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'sandbox' } });
  };

  it('offers no key that would be too late or be passed over', async () => {
    const app = atCli(createFakeWorld());
    await app.waitFor('How do you want to sign in?');
    const offered = (text: string) => app.frames.filter((frame) => frame.includes(text)).join();
    expect(offered('The Claude CLI on this machine')).toContain('c cancel');
    expect(offered('The Claude CLI on this machine')).not.toContain('Enter ');
    expect(offered('Looking at what is there')).not.toContain('Enter ');
  });

  it('is made ready by itself and said', async () => {
    const app = atCli(createFakeWorld());
    await app.waitFor('CLI: claude 2.1.330 on this host');
  });

  it('shows what goes on, fails with a fix, and tries again', async () => {
    const world = createFakeWorld();
    world.sandbox.readiness(
      ['Installing 2.1.330'],
      fail('cli.install-failed', 'The CLI was not installed', 'npm did not answer', 'check the network')
        .failure,
    );
    const app = atCli(world);
    const frame = await app.waitFor('The CLI was not installed');
    expect(frame).toContain('Fix: check the network');
    expect(frame).toContain('Installing 2.1.330');
    world.sandbox.readiness([], null);
    await app.type('r');
    await app.waitFor('How do you want to sign in?');
  });

  it('is cancelled by a key', async () => {
    const world = createFakeWorld();
    const prepare = vi.spyOn(world.ports.runtimes.sandbox(), 'prepare');
    prepare.mockImplementation(
      (_onProgress, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve(fail('interrupted', 'Stopped', 'asked', 'again'))),
        ),
    );
    const app = atCli(world);
    await app.waitFor('Looking for the Claude CLI');
    await app.type('c');
    await app.waitFor('It was cancelled');
  });
});
