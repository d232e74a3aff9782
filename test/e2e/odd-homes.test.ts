import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryCases } from '../fixtures/auth-directories/cases.ts';
import { unprintable } from '../support/hostile-text.ts';
import { temporary } from '../support/temporary.ts';
import { product } from './product.ts';

const reason = process.getuid?.() === 0 ? null : 'other users need root';
const person = 1234;
const good = directoryCases.find(({ name }) => name === 'the newest shape');

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a shell's line, in which `"$@"` is the program, as a whole process with only this environment. */
const shell = (
  line: string,
  env: Readonly<Record<string, string>>,
  before: readonly string[] = [],
): Promise<Ran> =>
  new Promise((resolve) => {
    const [program = '', ...args] = [...before, '/bin/sh', '-c', line, 'sh', ...product];
    execFile(program, args, { env, cwd: '/', timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({
        status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        stdout,
        stderr,
      }),
    );
  });

const asPerson = ['setpriv', '--reuid', String(person), '--regid', String(person), '--clear-groups', '--'];
const path = { PATH: process.env.PATH ?? '' };

/** It ended by itself, with a word about what is wrong where something is, and without a fault of ours. */
const expectPlain = ({ status, stdout, stderr }: Ran): void => {
  expect([0, 1, 2, 3]).toContain(status);
  expect(stderr).not.toContain('fault of the program');
  if (status !== 0 && stdout === '') expect(stderr).toMatch(/^claude-setup: .+ Fix: .+$/m);
  for (const line of `${stdout}\n${stderr}`.split('\n')) expect(line).not.toMatch(unprintable);
};

/** Everything below a directory that somebody else could read or write. */
const open = (root: string): readonly string[] =>
  (readdirSync(root, { recursive: true }) as string[]).filter((name) => {
    const stats = lstatSync(join(root, name));
    // Node's compiled code is as the umask says, and lies where nobody else gets to.
    const isCode = /^(?:\.cache|cache)(?:\/|$)/.test(name);
    return !stats.isSymbolicLink() && !isCode && (stats.mode & 0o077) !== 0;
  });

const makeLogin = (directory: string) => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  good?.make(directory);
};

describe('a HOME', () => {
  it.each([
    ['that is not set', {}],
    ['that is empty', { HOME: '' }],
    ['that is no absolute path', { HOME: 'relative' }],
    ['that is not there and can not be made', { HOME: '/proc/nobody/here' }],
    ['that is a file', { HOME: '/etc/hostname' }],
    ['that is a device', { HOME: '/dev/null' }],
  ])(
    '%s is no reason to crash, or to write elsewhere',
    async (_what, home) => {
      const { root } = await temporary();
      // Settings that are found without a HOME keep what is the tester's own out of it.
      for (const env of [{ ...path, ...home, CLAUDE_SETUP_HOME: join(root, 'setup') }]) {
        for (const words of ['--version', 'profile list', 'check --json', 'doctor --plain', 'watch --once'])
          expectPlain(await shell(`"$@" ${words}`, env));
        expectPlain(await shell('"$@" profile add dev', env));
      }
    },
    120_000,
  );

  it.each(['/proc/nobody/here', '/etc/hostname'])(
    '%s can not hold the settings, and that is said',
    async (home) => {
      const ran = await shell('"$@" profile add dev --dir "$DIR"', {
        ...path,
        HOME: home,
        DIR: join((await temporary()).root, 'auth'),
      });
      expectPlain(ran);
      expect(ran.status).toBe(1);
      expect(ran.stderr).toContain(home);
    },
  );
});

describe('the umask', () => {
  it.each(['000', '077'])(
    '%s leaves nothing open to others',
    async (mask) => {
      const { root, home, env } = await temporary();
      const from = join(root, 'from');
      makeLogin(from);
      const line = `umask ${mask}; "$@" profile import "$FROM" --name dev --copy --runtime sandbox && "$@" --debug check dev --json && "$@" apply dev --to "$HOME/published" && "$@" export dev --format env --output "$HOME/env" && "$@" profile seal dev --key passphrase --json; "$@" support --output "$HOME/support.json" --yes`;
      const ran = await shell(line, { ...env, FROM: from, TERM: 'dumb' });
      expect(ran.stderr).not.toContain('fault of the program');
      expect(readdirSync(home).length).toBeGreaterThan(1);
      expect(open(home)).toEqual([]);
      expect(open(env.CLAUDE_SETUP_HOME ?? '')).toEqual([]);
    },
    120_000,
  );
});

describe('paths', () => {
  it.each([
    ['with spaces', 'a b  c'],
    ['with a new line', 'a\nb'],
    ['with a quote and a dollar', `a'"$HOME\`b`],
    ['with an escape sequence', 'a\u001b]0;owned\u0007b'],
    ['with a change of direction', 'a\u202eb'],
    ['that begins with a dash', '-n'],
  ])(
    '%s work as a HOME and as an auth directory, and are printed plainly',
    async (_what, name) => {
      const { root, env } = await temporary();
      const home = join(root, name);
      const from = join(home, 'from');
      makeLogin(from);
      const all = { ...env, HOME: home, CLAUDE_SETUP_HOME: join(home, 'setup'), FROM: from };
      for (const words of [
        'profile import "$FROM" --name dev --copy --runtime sandbox',
        'check dev',
        'profile list',
        'doctor --plain',
        'rollback dev --list',
        'watch --once dev --plain',
        'profile remove dev --purge --yes',
      ])
        expectPlain(await shell(`"$@" ${words}`, all));
      expect(
        readdirSync(home).filter((one) => one !== 'from' && one !== 'setup' && !one.startsWith('.')),
      ).toEqual([]);
    },
    120_000,
  );

  it('that are no UTF-8 are no reason to crash, and nothing is made beside them', async () => {
    const { root, env } = await temporary();
    const line = `d="$ROOT/$(printf 'a\\377b')"; mkdir -m 700 "$d" && HOME="$d" CLAUDE_SETUP_HOME="$d/setup" "$@" profile add dev --dir "$d/auth"; HOME="$d" "$@" check --dir "$d"; HOME="$d" "$@" profile import "$d" --name x`;
    expectPlain(await shell(line, { ...env, ROOT: root }));
  }, 60_000);

  it('a file whose name is no UTF-8 does not keep a login from being copied, or a directory from being removed plainly', async () => {
    const { root, env } = await temporary();
    const from = join(root, 'from');
    makeLogin(from);
    const line = `: > "$FROM/$(printf 'a\\377b')"; "$@" profile import "$FROM" --name dev --copy --runtime sandbox && "$@" check dev --json; "$@" profile remove dev --purge --yes`;
    expectPlain(await shell(line, { ...env, FROM: from }));
  }, 60_000);
});

describe('a hard-linked file of credentials', () => {
  it('is read, and a change leaves the other name as it was', async () => {
    const { root, authDir, env } = await temporary();
    makeLogin(authDir);
    const other = join(root, 'other-name');
    linkSync(join(authDir, '.credentials.json'), other);
    const before = statSync(other);
    const from = join(root, 'from');
    makeLogin(from);
    const all = { ...env, AUTH: authDir };
    expectPlain(await shell('"$@" profile import "$AUTH" --name dev --runtime sandbox', all));
    expectPlain(await shell('"$@" check dev --json', all));
    expectPlain(await shell('"$@" apply dev --to "$HOME/published"', all));
    expect(statSync(other)).toMatchObject({ ino: before.ino, mode: before.mode, size: before.size });
  }, 60_000);
});

describe.skipIf(reason !== null)(`owners (${reason ?? 'root and another user'})`, () => {
  const world = async () => {
    const { root, authDir, env } = await temporary();
    makeLogin(authDir);
    for (const folder of [root, join(root, 'home')]) chmodSync(folder, 0o755);
    const mine = join(root, 'mine');
    mkdirSync(mine, { mode: 0o700 });
    chownSync(mine, person, person);
    return { authDir, env: { ...env, HOME: mine, CLAUDE_SETUP_HOME: join(mine, 'setup'), AUTH: authDir } };
  };

  it("a person is told that a directory is somebody else's, and nothing is written into it", async () => {
    const { authDir, env } = await world();
    for (const mode of [0o755, 0o777]) {
      chmodSync(authDir, mode);
      const before = readdirSync(authDir);
      const ran = await shell('"$@" profile import "$AUTH" --name dev --runtime sandbox', env, asPerson);
      expectPlain(ran);
      expect(ran.status).toBe(1);
      expect(ran.stderr).toMatch(mode === 0o777 ? /others may write into it/ : /belongs to user 0/);
      expect(readdirSync(authDir)).toEqual(before);
    }
  }, 60_000);

  it('a person without an entry in the list of users, without a HOME, is told what is missing', async () => {
    const { root } = await temporary();
    chmodSync(root, 0o755);
    const ran = await shell('"$@" profile add dev', path, asPerson);
    expectPlain(ran);
    expect(ran.status).not.toBe(0);
  }, 60_000);

  it('settings in a directory that others can write into are closed to them', async () => {
    const { root, env } = await temporary();
    mkdirSync(join(root, 'setup'), { mode: 0o777 });
    chmodSync(join(root, 'setup'), 0o777);
    writeFileSync(join(root, 'setup', 'config.json'), '{"version":1}', { mode: 0o666 });
    expectPlain(await shell('"$@" profile add dev', env));
    expect(open(join(root, 'setup'))).toEqual([]);
    expect(statSync(join(root, 'setup')).mode & 0o777).toBe(0o700);
  }, 60_000);
});
