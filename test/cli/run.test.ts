import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { createFakeSession } from '../../src/adapters/practice/fake-session.ts';
import { commands } from '../../src/cli/commands.ts';
import type { Io } from '../../src/cli/io.ts';
import { joinTerminal } from '../../src/cli/job-streams.ts';
import { createFakeWorld } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const setup = () => {
  const world = createFakeWorld({ env: { HERE: 'from here' } });
  world.addImage();
  world.addProfile('dev');
  return {
    world,
    runtime: world.runtime,
    run: (args: readonly string[], input = '') => runCli(world.ports, ['run', ...args], { input }),
  };
};

it('joins the streams, the end of the input too, and ends as the command does', async () => {
  const { runtime, run } = setup();
  runtime.plays(({ pipes }) => {
    let got = '';
    pipes.stdin.on('data', (chunk) => {
      got += chunk;
    });
    pipes.stdin.on('end', () => {
      pipes.stdout.write(`got ${got}`);
      pipes.stderr.write('and this');
      pipes.end(42);
    });
  });
  expect(await run(['dev', '--', 'cat', '-'], 'typed')).toEqual({
    status: 42,
    stdout: 'got typed',
    stderr: 'and this',
  });
});

it('takes everything after the dashes for the command, as it is', async () => {
  const { runtime, run } = setup();
  runtime.plays((job) => job.end(0));
  const words = ['claude', '--help', '--', '-p', '--json', ''];
  expect((await run(['--env', 'A=b', '--env', 'HERE', '--', ...words])).status).toBe(0);
  expect((await run(['dev', '--', 'dev'])).status).toBe(0);
  expect(runtime.jobs.map(({ request }) => request.command)).toEqual([words, ['dev']]);
  expect(runtime.jobs[0]?.request.env).toEqual(['A=b', 'HERE=from here']);
});

it('gives the container what was asked for', async () => {
  const { runtime, run } = setup();
  runtime.plays((job) => job.end(0));
  const options =
    '--image mine:1 --mount /a:/b:ro --mount /c:/d --workdir /b --network none --user 7:8 --read-only --name box';
  expect((await run([...options.split(' '), '--', 'x'])).status).toBe(0);
  expect(runtime.jobs[0]?.request).toMatchObject({
    workdir: '/b',
    size: null,
    container: {
      image: 'mine:1',
      name: 'box',
      network: 'none',
      user: '7:8',
      readOnly: true,
      mounts: [
        { source: '/a', target: '/b', readOnly: true },
        { source: '/c', target: '/d', readOnly: false },
      ],
    },
  });
});

it.each([
  [['dev'], 2, 'there is no command'],
  [['dev', '--'], 2, 'there is no command'],
  [['claude'], 3, 'a command goes after --'],
  [['nobody', '--', 'claude'], 3, 'There is no profile nobody'],
  [['dev', 'claude', '--', 'x'], 2, 'too many arguments'],
  [['--mount', 'x', '--', 'x'], 2, '--mount x is not'],
  [['--env', 'GONE', '--', 'x'], 2, 'GONE is not set here'],
  [['--margin', 'soon', '--', 'x'], 2, 'no span of time'],
  [['--runtime', 'sandbox', '--read-only', '--', 'x'], 2, '--read-only is for containers'],
  [['--runtime', 'sandbox', '--full', '--', 'x'], 2, 'in its own runtime only'],
] as const)('refuses %j', async (args, status, text) => {
  const { runtime, run } = setup();
  const ended = await run(args);
  expect(ended.status).toBe(status);
  expect(ended.stderr).toContain(text);
  expect(ended.stdout).toBe('');
  expect(runtime.jobs).toEqual([]);
});

it('is in the list of commands with its words', () => {
  expect(commands.find(({ words }) => words === 'run')).toMatchObject({ takesWords: true });
});

it('says what it needs in its help', async () => {
  const { run } = setup();
  expect((await run(['--help'])).stdout).toContain('[options] [profile] -- command…');
});

/** A terminal at both ends. */
const terminal = () => {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
  const written: string[] = [];
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns: 100,
    rows: 30,
    full: false,
    write(chunk: Uint8Array | string) {
      written.push(Buffer.from(chunk).toString());
      return !this.full;
    },
  });
  const io = { stdin, stdout, stderr: new PassThrough() } as never as Io;
  return { io, stdin, stdout, raw, written };
};

it('gives the whole terminal to the program, and takes it back as it was', async () => {
  const { io, stdin, stdout, raw, written } = terminal();
  const session = createFakeSession();
  const joined = joinTerminal(io, session);
  expect(raw).toEqual([true]);
  stdin.write('\x03q');
  await vi.waitFor(() => expect(session.input).toBe('\x03q'));
  stdout.columns = 50;
  stdout.emit('resize');
  expect(session.sizes).toEqual([{ columns: 50, rows: 30 }]);
  session.emit('\x1b[?1049h\x1b[?25lpicture');
  stdout.full = true;
  session.emit('more');
  expect(session.paused).toBe(true);
  stdout.emit('drain');
  expect(session.paused).toBe(false);
  session.end(143);
  expect(await joined).toEqual({ exitCode: 143 });
  expect(raw).toEqual([true, false]);
  expect(written.at(-1)).toBe('\x1b[?25h\x1b[?1049l');
  stdin.write('x');
  expect(session.input).toBe('\x03q');
  expect(stdout.listenerCount('resize') + stdout.listenerCount('drain')).toBe(0);
});
