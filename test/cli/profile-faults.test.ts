import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPorts } from '../../src/compose.ts';
import { parseLogin } from '../../src/domain/credentials.ts';
import { ok } from '../../src/domain/failure.ts';
import { loginMark } from '../../src/domain/working-copy.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { copyDisk, diskState } from '../support/disk-state.ts';
import { loginText, stateText } from '../support/logins.ts';
import { unwrap } from '../support/results.ts';
import { soak, soakLimitMs, stride } from '../support/soak.ts';
import { createTally } from '../support/tally.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { runCli } from './run-cli.ts';

// Whole commands in processes of their own, each cut off at every step that it makes on the disk, wherever in the program
// that is: settings, locks, marks, auth directories.

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const faults = fileURLToPath(new URL('../support/step-faults.ts', import.meta.url));
const tally = createTally('commands of profiles, in processes of their own');
afterAll(() => tally.print());

let temporary: Temporary;
let place: string;
let pristine: string;
let ports: Ports;
let env: Readonly<Record<string, string>>;
const at = (...path: readonly string[]) => join(place, ...path);

beforeAll(async () => {
  temporary = await makeTemporary(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
  place = join(temporary.root, 'trial');
  pristine = join(temporary.root, 'pristine');
  env = {
    HOME: place,
    CLAUDE_SETUP_HOME: at('setup'),
    DOCKER_HOST: `unix://${at('no.sock')}`,
    PATH: process.env.PATH ?? '',
    NO_COLOR: '1',
  };
  ports = createPorts({ env, platform: 'linux' });
  await makePristine();
});
afterAll(() => temporary?.remove());

const write = (path: string, content: string): void => {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(path, content, { mode: 0o600 });
};

const markOf = (name: string): string => {
  const parsed = parseLogin(loginText(name));
  if (!parsed.ok) throw new Error('the login is good');
  return loginMark(parsed.login);
};

/**
 * `dev` (the default) and `staging`, whose login `old` a refresh that was cut off has renewed in a copy that nobody has
 * adopted yet; `~/.claude` with its state file beside it; all on the sandbox.
 */
const makePristine = async (): Promise<void> => {
  mkdirSync(place, { recursive: true });
  write(at('.claude-hub', '.credentials.json'), loginText('dev'));
  write(at('.claude-auth-staging', '.credentials.json'), loginText('old'));
  write(at('.claude-auth-staging', '.claude.json'), stateText('ada'));
  write(at('.claude', '.credentials.json'), loginText('mine'));
  write(at('.claude', 'projects', 'a.jsonl'), 'talk');
  write(at('.claude.json'), stateText('mine'));
  for (const name of ['dev', 'staging'])
    expect(await runCli(ports, ['profile', 'add', name, '--runtime', 'sandbox'])).toMatchObject({
      status: 0,
    });
  const refused = { login: markOf('old'), at: Date.UTC(2026, 0) };
  unwrap(await ports.loginMarks.markRefused('staging', refused));
  const copy = at('setup', 'refreshes', 'staging-0123abcd');
  write(
    join(copy, 'refresh.json'),
    JSON.stringify({ profile: 'staging', base: markOf('old'), startedAt: 1 }),
  );
  write(join(copy, 'home', 'x'), '');
  write(join(copy, 'config', '.credentials.json'), loginText('new'));
  copyDisk(place, pristine);
};

const prepare = (): void => {
  rmSync(place, { recursive: true, force: true });
  copyDisk(pristine, place);
};

/** Runs a command in a process of its own with a fault at a step; 0 for none. */
const run = async (argv: readonly string[], step: number, fault: string) => {
  const counted = join(temporary.root, 'count');
  const child = spawn(process.execPath, ['--import', faults, main, ...argv], {
    env: { ...env, STEP_ROOT: place, STEP_AT: String(step), STEP_FAULT: fault, STEP_COUNT: counted },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [stderr, [status, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { status, signal, stderr, steps: Number(readFileSync(counted, 'utf8')) };
};

/** The login in a directory by its name: `old`, `new` and so on; null for none; fails for half of one. */
const loginIn = (directory: string): string | null => {
  const path = at(directory, '.credentials.json');
  if (!existsSync(path)) return null;
  const content = readFileSync(path, 'utf8');
  const name = ['old', 'new', 'dev', 'mine'].find((one) => content === loginText(one));
  if (name === undefined) throw new Error(`${directory} holds ${JSON.stringify(content)}`);
  return name;
};

/** What has to hold at any moment, whatever the command: no login is half, and new tokens are somewhere. */
const expectNothingLost = (isPurged: boolean): void => {
  expect(loginIn('.claude-hub')).toBe('dev');
  expect(loginIn('.claude')).toBe('mine');
  if (isPurged) return;
  const refreshes = at('setup', 'refreshes');
  const copies = existsSync(refreshes) ? readdirSync(refreshes) : [];
  if (loginIn('.claude-auth-staging') === 'old')
    expect(loginIn(join('setup', 'refreshes', copies[0] ?? '', 'config'))).toBe('new');
  else expect(loginIn('.claude-auth-staging')).toBe('new');
};

interface Change {
  readonly title: string;
  readonly argv: readonly string[];
  /** Whether it has taken effect, by the names of the profiles. */
  readonly isDone: (names: readonly string[]) => boolean;
  /** Whether the login of `staging` is to go. */
  readonly isPurged?: true;
}

const changes: readonly Change[] = [
  {
    title: 'rename',
    argv: ['profile', 'rename', 'staging', 'prod'],
    isDone: (names) => names.includes('prod'),
  },
  {
    title: 'remove',
    argv: ['profile', 'remove', 'staging', '--yes'],
    isDone: (names) => !names.includes('staging'),
  },
  {
    title: 'remove --purge',
    argv: ['profile', 'remove', 'staging', '--yes', '--purge'],
    isDone: (names) => !names.includes('staging'),
    isPurged: true,
  },
  {
    title: 'import',
    argv: ['profile', 'import', '.claude', '--name', 'mine', '--runtime', 'sandbox'],
    isDone: (names) => names.includes('mine'),
  },
  {
    title: 'import --copy',
    argv: ['profile', 'import', '.claude', '--name', 'mine', '--runtime', 'sandbox', '--copy'],
    isDone: (names) => names.includes('mine'),
  },
  {
    title: 'add',
    argv: ['profile', 'add', 'fresh', '--runtime', 'sandbox'],
    isDone: (names) => names.includes('fresh'),
  },
];

/** Takes a lock, which clears away what killed processes have left of it. */
const freed = async (name: string): Promise<void> => {
  const options = { command: 'test', waitMs: 0, signal: new AbortController().signal };
  await unwrap(await ports.locks.acquire(name, options)).release();
};

/** The disk once everything that a person does not see is cleared up. */
const settled = async (): Promise<Record<string, string>> => {
  const names = ['dev', 'staging', 'prod', 'mine', 'fresh'];
  for (const name of names) await freed(name);
  // A draft that was cut off while it was written is swept when it is a minute old.
  for (const folder of [at('setup'), at('setup', 'locks')]) {
    for (const name of readdirSync(folder).filter((entry) => /\.lock\.[0-9a-f-]{36}$/.test(entry)))
      utimesSync(join(folder, name), 0, 0);
  }
  for (const name of names) await freed(name);
  const { profiles } = unwrap(await ports.settings.update((config) => ok(config)));
  // What was noted of a login under a name that is gone speaks of that very login only, and may stay.
  for (const gone of names.filter((name) => !profiles.some((profile) => profile.name === name)))
    unwrap(await ports.loginMarks.forget(gone));
  for (const { authDir } of profiles) unwrap(await ports.store.recover(authDir));
  return diskState(place);
};

describe.each(changes)('profile $title', ({ title, argv, isDone, isPurged = false }) => {
  const full = () => argv.map((word) => (word === '.claude' ? at('.claude') : word));
  const names = async () => unwrap(await ports.settings.load()).profiles.map(({ name }) => name);

  /** Puts it to the proof at every step, or at every `apart`th. */
  const prove = async (fault: string, apart: number): Promise<void> => {
    prepare();
    const before = await names();
    const whole = await run(full(), 0, '');
    expect(whole).toMatchObject({ status: 0, signal: null });
    const after = await names();
    const end = await settled();
    let trials = 0;
    for (let step = 1; step <= whole.steps; step += apart) {
      prepare();
      const made = await run(full(), step, fault);
      try {
        trials += 1;
        if (fault === 'kill') expect(made.signal).toBe('SIGKILL');
        else {
          expect(made.signal).toBeNull();
          // A failure is a line for people, never a stack.
          expect(made.stderr).not.toMatch(/^\s+at /m);
        }
        expectNothingLost(isPurged);
        const now = await names();
        expect(now).toEqual(isDone(now) ? after : before);
        if (!isDone(now)) {
          const again = await runCli(ports, full());
          expect(again).toMatchObject({ status: 0 });
        }
        expectNothingLost(isPurged);
        expect(await settled()).toEqual(end);
      } catch (error) {
        tally.lose(title);
        throw new Error(`${fault} at step ${step} of ${whole.steps}: ${made.stderr}`, { cause: error });
      }
    }
    tally.add(title, fault, trials, whole.steps);
  };

  it('loses nothing when it is killed', { timeout: soakLimitMs }, () => prove('kill', stride(13)));

  it.each(soak ? ['ENOSPC', 'EIO', 'EACCES', 'EROFS'] : ['EIO'])(
    'loses nothing when the disk says %s',
    { timeout: soakLimitMs },
    (code) => prove(code, stride(19)),
  );
});
