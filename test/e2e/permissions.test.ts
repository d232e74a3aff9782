import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../src/domain/checks/report.ts';
import { directoryCases } from '../fixtures/auth-directories/cases.ts';
import { temporary } from '../support/temporary.ts';
import { product } from './product.ts';

const reason = process.getuid?.() === 0 ? null : 'other users need root';
const person = 1234;

const good = directoryCases.find(({ name }) => name === 'the newest shape');

/** Runs a command, here or as somebody else, and gives what it printed. */
const output = (command: readonly string[], env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve) => {
    const [program = '', ...args] = command;
    execFile(program, args, { env }, (_error, stdout) => resolve(stdout));
  });

const asPerson = ['setpriv', '--reuid', String(person), '--regid', String(person), '--clear-groups', '--'];

describe.skipIf(reason !== null)(`permissions as they are (${reason ?? 'root and another user'})`, () => {
  const world = async () => {
    const { root, authDir, home, env } = await temporary();
    mkdirSync(authDir, { mode: 0o700 });
    good?.make(authDir);
    // The person has to get to the directory, and the program to its own place.
    for (const folder of [root, home]) chmodSync(folder, 0o755);
    const mine = join(root, 'mine');
    mkdirSync(mine, { mode: 0o700 });
    chownSync(mine, person, person);
    const check = async (command: readonly string[]): Promise<(id: string) => string | undefined> => {
      const printed = await output([...command, ...product, 'check', '--dir', authDir, '--json'], {
        ...env,
        HOME: mine,
        CLAUDE_SETUP_HOME: join(mine, 'setup'),
      });
      const { findings } = JSON.parse(printed) as CheckReport;
      return (id) => findings.find((finding) => finding.id === id)?.status;
    };
    const file = join(authDir, '.credentials.json');
    const give = (uid: number) => {
      for (const path of [authDir, file, join(authDir, '.claude.json')]) chownSync(path, uid, uid);
    };
    return { authDir, file, check, give };
  };

  it("root reads its own and another user's", async () => {
    const { check, file } = await world();
    const own = await check([]);
    expect([own('credentials.owner'), own('credentials.permissions'), own('credentials.shape')]).toEqual([
      'pass',
      'pass',
      'pass',
    ]);
    chownSync(file, person, person);
    expect((await check([]))('credentials.owner')).toBe('warn');
  });

  it('a person reads what is theirs', async () => {
    const { check, give } = await world();
    give(person);
    const status = await check(asPerson);
    for (const id of [
      'directory.permissions',
      'credentials.permissions',
      'credentials.owner',
      'credentials.shape',
    ])
      expect(status(id)).toBe('pass');
  });

  it('a person is told about a directory that is closed to them', async () => {
    const { check } = await world();
    const status = await check(asPerson);
    expect(status('credentials.permissions')).toBe('fail');
    expect(status('credentials.shape')).toBe('skip');
  });

  it('a person is told about a file that is closed to them, in a directory that is theirs', async () => {
    const { check, give, file } = await world();
    give(person);
    chownSync(file, 0, 0);
    const status = await check(asPerson);
    expect([status('credentials.permissions'), status('credentials.owner')]).toEqual(['fail', 'fail']);
  });

  it('an access control list that lets somebody in is seen by its mask', async () => {
    const { check, file } = await world();
    await output(['setfacl', '-m', `u:${person}:r`, file], { PATH: process.env.PATH ?? '' });
    expect((await check([]))('credentials.permissions')).toBe('warn');
    await output(['setfacl', '-m', `u:${person}:rw`, file], { PATH: process.env.PATH ?? '' });
    expect((await check([]))('credentials.permissions')).toBe('fail');
  });

  it('a read-only mount is read, and left as it is', async () => {
    const { check, authDir } = await world();
    const mounted = [
      'unshare',
      '--mount',
      'bash',
      '-c',
      `mount --bind '${authDir}' '${authDir}' && mount -o remount,bind,ro '${authDir}' && exec "$@"`,
      'bash',
    ];
    const status = await check(mounted);
    expect(
      ['directory.present', 'directory.permissions', 'credentials.shape', 'token.expiry'].map(status),
    ).toEqual(['pass', 'warn', 'pass', 'pass']);
  });

  it('a file whose rights change while it is looked at is only ever one of both', async () => {
    const { check, file } = await world();
    const looks = Array.from({ length: 4 }, () => check([]));
    for (const mode of [0o644, 0o600, 0o644, 0o600]) chmodSync(file, mode);
    writeFileSync(file, '');
    for (const status of await Promise.all(looks))
      expect(['pass', 'warn']).toContain(status('credentials.permissions'));
  });
});
