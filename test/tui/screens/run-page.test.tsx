import { describe, expect, it, vi } from 'vitest';
import { argvOf } from '../../../src/domain/command-line.ts';
import { fail } from '../../../src/domain/failure.ts';
import { expectFits } from '../../support/frames.ts';
import { type FakeWorld, readyWorld } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const atRun = async (options: OpenOptions = {}) => {
  const world = readyWorld();
  world.addProfile('staging');
  const app = openApp(world, { start: { screen: 'dashboard' }, ...options });
  await app.waitFor('staging');
  await app.type('o');
  await app.waitFor('Run a command with a login');
  return { world, app };
};

/** The newest job, once there is one. */
const jobOf = async ({ runtime }: FakeWorld, count = 1) =>
  vi.waitFor(() => {
    const job = runtime.jobs.at(-1);
    if (job === undefined || runtime.jobs.length < count) throw new Error('no job was started');
    return job;
  });

describe('running a command', () => {
  it('offers the usual ones, whole', async () => {
    const { app } = await atRun();
    expect(app.frame()).toMatchInlineSnapshot(`
      " claude-setup                                                          profiles
      ────────────────────────────────────────────────────────────────────────────────
       Run a command with a login

       ❯ Command  claude
         Profile  dev

         • claude                 the Claude CLI
         • claude -p "say hello"  one question to it
         • bash                   a shell with it

       It runs in a fresh container of the setup image, which is removed at its end.











       Enter run  Esc back  Up choose  Tab profile  Ctrl+G help  Ctrl+C quit"
    `);
  });

  it.each([
    [60, 20],
    [200, 60],
  ])('fits %ix%i', async (columns, rows) => {
    const { app } = await atRun({ columns, rows, env: { LANG: 'C', NO_COLOR: '1' } });
    const frame = app.frame();
    expectFits(frame, columns, rows);
    expect(frame).toMatch(/^[\n\x20-\x7e]*$/);
    expect(frame).toContain('> Command');
    expect(frame).toContain('Esc back');
  });

  it('has its help on a key that is not typed', async () => {
    const { app } = await atRun();
    await app.type('?');
    await app.waitFor('Command  claude?');
    await app.type('\x07');
    await app.waitFor('Help: Run a command with a login');
    await app.type('x');
    await app.waitFor('Command  claude?');
  });

  it('gives the terminal to the command, and says how it ended', async () => {
    const { world, app } = await atRun();
    await app.type(keys.enter);
    const job = await jobOf(world);
    expect(job.request).toMatchObject({
      profile: 'dev',
      command: ['claude'],
      size: { columns: 80, rows: 24 },
    });
    expect(job.leases[0]?.files.get('.credentials.json')).not.toContain('refreshToken');
    // Every byte is the command's, also those that are keys of ours.
    await app.type('q?\x03\x1b');
    await vi.waitFor(() => expect(job.session.input).toBe('q?\x03\x1b'));
    job.end(3);
    await app.waitFor('claude ended with exit status 3, after 0 s.');
    expect(job.removed).toBe(true);
    await app.type(keys.escape);
    await app.waitFor('Your profiles (2)');
  });

  it('takes what is typed, another profile, and offers again what was run', async () => {
    const { world, app } = await atRun();
    await app.type(keys.tab);
    await app.waitFor('Profile  staging');
    await app.type(keys.clear);
    await app.type('echo "$HOME" | cat');
    await app.type(keys.enter);
    const job = await jobOf(world);
    expect(job.request).toMatchObject({ profile: 'staging', command: ['sh', '-c', 'echo "$HOME" | cat'] });
    job.end(0);
    await app.waitFor('ended with exit status 0');
    await app.type(keys.down);
    expect(await app.waitFor('Command  claude')).toContain('echo "$HOME" | cat     run before');
    await app.type(keys.down);
    await app.type(keys.enter);
    const second = await jobOf(world, 2);
    expect(second.request.command).toEqual(['sh', '-c', 'claude -p "say hello"']);
    second.end(0);
    await app.waitFor('claude -p "say hello" ended');
  });

  it('says afterwards what could not be said while the command had the terminal', async () => {
    const { world, app } = await atRun();
    world.runtime.leftJobs = 2;
    await app.type(keys.enter);
    (await jobOf(world)).end(0);
    expect(await app.waitFor('ended with exit status 0')).toContain('a killed claude-setup had left');
  });

  it('takes a failure to the troubles, with a key that is not typed', async () => {
    const { world, app } = await atRun();
    world.runtime.failStart(fail('engine.lost', 'Nothing was run', 'the engine is gone', 'start it').failure);
    await app.type(keys.enter);
    await app.waitFor('Ctrl+T what is wrong?');
    await app.type('t');
    await app.waitFor('Command  claudet');
    await app.type('\x14');
    await app.waitFor('troubleshooting');
  });

  it('says why nothing was run, and tries again', async () => {
    const { world, app } = await atRun();
    world.runtime.failStart(fail('engine.lost', 'Nothing was run', 'the engine is gone', 'start it').failure);
    await app.type(keys.enter);
    await app.waitFor('Why: the engine is gone');
    world.runtime.failStart(null);
    await app.type(keys.enter);
    (await jobOf(world)).end(0);
    await app.waitFor('ended with exit status 0');
  });

  it('is ended with the program, and leaves nothing', async () => {
    const { world, app } = await atRun();
    await app.type(keys.enter);
    const job = await jobOf(world);
    app.end();
    await vi.waitFor(() => expect(job.session.signals).toContain('SIGTERM'));
    job.end(143);
    await vi.waitFor(() => expect(app.left).toHaveLength(1));
    expect(job.removed).toBe(true);
  });

  it.each([
    ['claude', ['claude']],
    ['  claude  --version ', ['claude', '--version']],
    ['claude -p "say hello"', ['sh', '-c', 'claude -p "say hello"']],
    ['A=b env', ['sh', '-c', 'A=b env']],
  ])('reads %j', (line, words) => {
    expect(argvOf(line)).toEqual(words);
  });
});
