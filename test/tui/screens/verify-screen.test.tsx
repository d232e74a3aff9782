import { describe, expect, it, vi } from 'vitest';
import { fail, ok } from '../../../src/domain/failure.ts';
import { type FakeWorld, home, putLogin, readyWorld } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

const start = { screen: 'wizard', profile: 'dev', runtime: 'docker' } as const;
const directory = `${home}/.claude-auth-dev`;

const signedIn = (options: Parameters<typeof putLogin>[1] = {}) => {
  const world = readyWorld();
  putLogin(world.store.directory(directory), options);
  return world;
};

const atFirstRun = async (world: FakeWorld) => {
  const app = openApp(world, { start });
  await app.waitFor('accepts this login');
  await app.type(keys.enter);
  await app.waitFor('skipDangerousModePermissionPrompt');
  return app;
};

describe('verifying', () => {
  it('folds what is fine into a line and shows everything on request', async () => {
    const app = openApp(signedIn(), { start, rows: 40 });
    await app.waitFor('All 16 checks passed');
    await app.type('a');
    await app.waitFor('✔ fine:');
    expect(app.frame().match(/✔ fine:/g)).toHaveLength(16);
  });

  it('offers to sign in again when the CLI says no', async () => {
    const world = signedIn();
    world.runtime.answer(() => ok({ exitCode: 1, stdout: '{"loggedIn":false}', stderr: '' }));
    const app = openApp(world, { start });
    const frame = await app.waitFor('The login is not verified');
    expect(frame).toContain('✖ failed:');
    expect(frame).toContain('Fix:');
    await app.type('s');
    await app.waitFor('How do you want to sign in?');
  });

  it('checks again on request', async () => {
    const world = signedIn();
    world.runtime.answer(() => ok({ exitCode: 1, stdout: '{"loggedIn":false}', stderr: '' }));
    const app = openApp(world, { start });
    await app.waitFor('The login is not verified');
    world.runtime.answer(() => ok({ exitCode: 0, stdout: '{"loggedIn":true}', stderr: '' }));
    await app.type('r');
    await app.waitFor('The login works');
  });

  it('lets the person go on although the CLI could not be asked, and says so at the end', async () => {
    const world = signedIn();
    world.runtime.answer(() => fail('cli.timeout', 'The CLI did not answer', 'it was silent', 'try again'));
    const app = openApp(world, { start });
    const frame = await app.waitFor('The Claude CLI could not be asked: The CLI did not answer');
    expect(frame).toMatch(/it was\s+silent/);
    await app.type('g');
    await app.waitFor('was not asked whether it accepts this login');
  });

  it('drops the answer when the person went back meanwhile', async () => {
    const world = signedIn();
    const answer =
      Promise.withResolvers<ReturnType<typeof ok<{ exitCode: number; stdout: string; stderr: string }>>>();
    world.runtime.answer(() => answer.promise);
    const app = openApp(world, { start });
    await app.waitFor('asking the Claude CLI');
    await app.type(keys.escape);
    await app.waitFor('Stopping');
    answer.resolve(ok({ exitCode: 0, stdout: '{"loggedIn":true}', stderr: '' }));
    const frame = await app.waitFor('This profile holds a login');
    expect(frame).toContain('○ Verify');
  });
});

describe('the first-run questions', () => {
  it('write nothing before Enter, and then what was shown', async () => {
    const world = signedIn({ onboarded: false });
    const app = await atFirstRun(world);
    expect(app.frame()).toContain('• hasCompletedOnboarding: true');
    expect(app.frame()).toContain('projects["/workspace"].hasTrustDialogAccepted: true');
    expect(world.store.directory(directory).text('settings.json')).toBeNull();
    await app.type(keys.enter);
    await app.waitFor('You are done');
    expect(world.store.directory(directory).text('settings.json')).toContain(
      'skipDangerousModePermissionPrompt',
    );
    expect(world.store.directory(directory).text('.claude.json')).toContain('"hasCompletedOnboarding": true');
  });

  it('can be skipped', async () => {
    const world = signedIn({ onboarded: false });
    const app = await atFirstRun(world);
    await app.type('s');
    await app.waitFor('You are done');
    expect(world.store.directory(directory).text('settings.json')).toBeNull();
  });

  it('trust the folders that were typed', async () => {
    const world = signedIn();
    const app = await atFirstRun(world);
    await app.type('e');
    await app.waitFor('❯ Folders to trust /workspace');
    await app.type(', /srv/app');
    await app.type(keys.enter);
    await app.waitFor('projects["/srv/app"].hasTrustDialogAccepted: true');
    await app.type(keys.enter);
    await app.waitFor('You are done');
    expect(world.store.directory(directory).text('.claude.json')).toContain('/srv/app');
  });

  it('tell why they were not written, and are looked at again', async () => {
    const world = signedIn();
    const app = await atFirstRun(world);
    const write = vi.spyOn(world.ports.store, 'write');
    write.mockResolvedValueOnce(
      fail('disk.full', 'It was not written', 'the disk is full', 'free some space'),
    );
    await app.type(keys.enter);
    await app.waitFor('Why: the disk is full');
    await app.type(keys.enter);
    await app.waitFor('Enter write it');
    await app.type(keys.enter);
    await app.waitFor('You are done');
  });

  it('are not asked where they are answered', async () => {
    const world = signedIn();
    const first = await atFirstRun(world);
    await first.type(keys.enter);
    await first.waitFor('You are done');
    const second = openApp(world, { start });
    await second.waitFor('accepts this login');
    await second.type(keys.enter);
    await second.waitFor('You are done');
  });
});
