import { beforeEach, expect, it } from 'vitest';
import { createFileWatcher } from '../../src/usecases/watch-files.ts';
import { loginText, stateText } from '../support/logins.ts';
import { unwrap } from '../support/results.ts';
import { createFakeWorld, type FakeWorld } from '../tui/fake-world.ts';

let world: FakeWorld;

beforeEach(() => {
  world = createFakeWorld();
});

/** A watcher of a sign-in that was just started, and how often the runtime was asked for what. */
const watched = async () => {
  const profile = world.addProfile('dev', { signedIn: false });
  const started = world.runtime.startSignIn(
    { profile, method: 'auth-login', size: { columns: 80, rows: 24 } },
    new AbortController().signal,
  );
  unwrap(await started);
  const { run } = world.runtime;
  const asked: string[] = [];
  const counting = {
    ...run,
    stat: (path: string) => {
      asked.push(`stat ${path}`);
      return run.stat(path);
    },
    read: (path: string, limit: number) => {
      asked.push(`read ${path}`);
      return run.read(path, limit);
    },
  };
  const watcher = createFileWatcher({ run: counting, clock: world.ports.clock, authDir: '/auth' });
  const look = async () => {
    asked.length = 0;
    const { report, login } = await watcher.look();
    const status = (id: string) => report.findings.find((finding) => finding.id === id)?.status;
    return { report, login, status, asked: asked.toSorted() };
  };
  return { files: run.files, run, look };
};

const stats = ['stat .claude.json', 'stat .credentials.json'];

it('looks with one stat of each file, and reads only what changed', async () => {
  const { files, look } = await watched();
  expect((await look()).asked).toEqual(stats);
  files.set('.credentials.json', loginText('a'));
  expect((await look()).asked).toEqual(['read .credentials.json', ...stats]);
  expect((await look()).asked).toEqual(stats);
  files.set('.claude.json', stateText('a'));
  expect((await look()).asked).toEqual(['read .claude.json', ...stats]);
});

it('turns each check as the files change', async () => {
  const { files, look } = await watched();
  expect((await look()).status('credentials.present')).toBe('fail');
  files.set('.credentials.json', '');
  expect((await look()).status('credentials.empty')).toBe('fail');
  files.set('.credentials.json', loginText('a').slice(0, 40));
  expect((await look()).status('credentials.json')).toBe('fail');
  files.set('.credentials.json', loginText('a'), 0o644);
  const open = await look();
  expect([open.status('credentials.shape'), open.status('credentials.permissions')]).toEqual([
    'pass',
    'warn',
  ]);
  expect(open.login?.claudeAiOauth.accessToken).toBe('sk-ant-oat01-TEST-a');
  files.set('.claude.json', stateText('a'));
  expect((await look()).report.account.email).toBe('a@example.com');
  files.delete('.credentials.json');
  const gone = await look();
  expect([gone.status('credentials.present'), gone.login]).toEqual(['fail', null]);
});

it('gives the same picture as long as nothing changed, also when only the time of a file did', async () => {
  const { files, look } = await watched();
  files.set('.credentials.json', loginText('a'));
  const { report } = await look();
  expect((await look()).report).toBe(report);
  files.set('.credentials.json', loginText('b'));
  expect((await look()).login?.claudeAiOauth.accessToken).toBe('sk-ant-oat01-TEST-b');
});

it('keeps the last picture while the runtime does not answer', async () => {
  const { files, run, look } = await watched();
  files.set('.credentials.json', loginText('a'));
  const { report } = await look();
  run.breakFiles({ code: 'engine.lost', what: 'x', why: 'y', fix: 'z' });
  files.delete('.credentials.json');
  expect((await look()).report).toBe(report);
  run.breakFiles(null);
  expect((await look()).status('credentials.present')).toBe('fail');
});

it('has a picture even when the runtime never answered', async () => {
  const { run, look } = await watched();
  run.breakFiles({ code: 'engine.lost', what: 'x', why: 'y', fix: 'z' });
  const { status, login } = await look();
  expect([status('credentials.present'), login]).toEqual(['fail', null]);
});

it('takes no file for a login that is far too large', async () => {
  const { files, look } = await watched();
  files.set('.credentials.json', `${loginText('a')}${' '.repeat(2_000_000)}`);
  const { status, login } = await look();
  expect([status('credentials.json'), login]).toEqual(['fail', null]);
});
