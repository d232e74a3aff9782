import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { createDebugLog } from '../src/adapters/log/debug-log.ts';
import { fail } from '../src/domain/failure.ts';
import { withLog } from '../src/log-ports.ts';
import { startSignIn } from '../src/usecases/sign-in.ts';
import { runCli } from './cli/run-cli.ts';
import { unwrap } from './support/results.ts';
import { temporary } from './support/temporary.ts';
import { createFakeWorld } from './tui/fake-world.ts';

const loggedWorld = async () => {
  const { root } = await temporary();
  const world = createFakeWorld();
  world.addImage();
  const profile = world.addProfile('dev');
  const file = `${root}/logs/debug.log`;
  const log = createDebugLog({ file, clock: world.ports.clock });
  const ports = withLog(world.ports, log);
  const lines = async () => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  return { world, profile, ports, log, lines, text: () => readFile(file, 'utf8') };
};

describe('logged ports', () => {
  it('log the command, every call and its end, never an argument or an answer', async () => {
    const { world, ports, log, lines, text } = await loggedWorld();
    const run = await runCli(world.ports, ['--debug', 'check', 'dev'], { openLog: () => ({ ports, log }) });
    expect(run.status).toBe(0);
    const seen = await lines();
    expect(seen[0]).toMatchObject({ event: 'command', command: 'check', options: ['debug'] });
    expect(seen.at(-1)).toMatchObject({ event: 'end', status: 0 });
    expect(seen.map(({ event }) => event)).toEqual(expect.arrayContaining(['settings.load', 'store.gather']));
    expect(seen.find(({ event }) => event === 'settings.load')).toMatchObject({ outcome: 'ok' });
    for (const secret of ['TEST-dev', 'ada@example.com', '.claude-auth-dev'])
      expect(await text()).not.toContain(secret);
  });

  it('log failures, redacted, and why no engine was found', async () => {
    const { world, ports, log, lines } = await loggedWorld();
    const failure = fail('engine.permission', 'No engine', 'sk-ant-oat01-CANARY-CANARY', 'mend it').failure;
    world.search = () => ({
      engine: null,
      attempts: [{ source: 'default', endpoint: 'unix:///s', failure }],
    });
    await runCli(world.ports, ['build', '--debug'], { openLog: () => ({ ports, log }) });
    const seen = await lines();
    expect(seen.find(({ event }) => event === 'engines.attempt')).toMatchObject({
      code: 'engine.permission',
    });
    expect(seen.at(-1)).toMatchObject({ event: 'end', status: 3 });
    expect(JSON.stringify(seen)).not.toContain('CANARY');
  });

  it('never hold what a session shows or is sent', async () => {
    const { world, profile, ports, text } = await loggedWorld();
    const runtime = ports.runtimes.docker(world.engine, null as never);
    const signIn = unwrap(
      await startSignIn(
        ports,
        { runtime, profile, method: 'auth-login', size: { columns: 80, rows: 24 } },
        new AbortController().signal,
      ),
    );
    world.runtime.run.session?.emit('CANARY-SHOWN https://claude.example/?code=true&state=CANARY-STATE\r\n');
    signIn.paste('CANARY-TYPED#CANARY-STATE');
    await vi.waitFor(() => expect(signIn.state.url).toContain('CANARY-STATE'));
    await signIn.abandon();
    expect(await text()).toContain('runtime.docker.startSignIn');
    expect(await text()).not.toContain('CANARY');
  });

  it('say what a bug was, redacted, before it ends the program', async () => {
    const { world, ports, log, lines } = await loggedWorld();
    ports.settings.load = async () => {
      throw new TypeError('no such thing as sk-ant-oat01-CANARY-CANARY');
    };
    const running = runCli(world.ports, ['check', '--debug'], { openLog: () => ({ ports, log }) });
    await expect(running).rejects.toThrow('no such thing');
    const crash = (await lines()).at(-1);
    expect(crash).toMatchObject({
      event: 'crash',
      error: expect.stringContaining('TypeError: no such thing'),
    });
    expect(JSON.stringify(crash)).not.toContain('CANARY');
  });

  it('are off unless --debug or the environment asks for them', async () => {
    const { world, ports, log, lines } = await loggedWorld();
    await runCli(world.ports, ['check', 'dev']);
    expect(await lines()).toEqual([]);
    await runCli(world.ports, ['check', 'dev'], { debug: true, openLog: () => ({ ports, log }) });
    expect((await lines()).length).toBeGreaterThan(2);
  });
});
