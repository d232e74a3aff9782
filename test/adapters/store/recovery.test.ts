import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Snapshot } from '../../../src/ports/auth-store.ts';
import { streamOf, tarOf } from '../../support/config-tar.ts';
import { copyDisk, diskState } from '../../support/disk-state.ts';
import { Crash, faultyFileSystem } from '../../support/faulty-file-system.ts';
import { makeLoginGround } from '../../support/login-changes.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { expectFailure, unwrap } from '../../support/results.ts';

const crashed = (error: unknown) => {
  if (!(error instanceof Crash)) throw error;
};

/** A capture of "two" over "one" that died just before the call that `isLast` knows. */
const interrupted = async (isLast: (name: string, from: string, to: string) => boolean) => {
  const ground = await makeLoginGround();
  onTestFinished(() => ground.remove());
  const [change] = ground.changes;
  if (change === undefined) throw new Error('no such change');
  await change.prepare();
  let died = false;
  const { files } = faultyFileSystem({
    at: 0,
    fault: { kind: 'crash' },
    always: (name, from, to) => {
      died ||= isLast(name, from, to);
      if (died && name !== 'handle.close') throw new Crash();
      return null;
    },
  });
  await ground.capture(ground.store(files), 'two').catch(crashed);
  expect(died).toBe(true);
  return ground;
};

const beforeLogin = (name: string, from: string, to: string) =>
  name === 'rename' && from.endsWith('/tree/.credentials.json') && to.endsWith('/.credentials.json');

it('keeps a login that another program has refreshed meanwhile, and puts the captured one away', async () => {
  const ground = await interrupted(beforeLogin);
  const { authDir } = ground;
  const store = ground.store();
  expect(readFileSync(join(authDir, '.claude.json'), 'utf8')).toBe(stateText('two'));
  expect(await store.pending(authDir)).toContain('cut short');
  writeFileSync(join(authDir, '.credentials.json'), loginText('refreshed'), { mode: 0o600 });
  const left = join(ground.place, '..', 'left');
  copyDisk(ground.place, left);
  // However often the recovery itself is cut short.
  for (let at = 1; ; at += 1) {
    rmSync(ground.place, { recursive: true });
    copyDisk(left, ground.place);
    const { files, steps } = faultyFileSystem({
      at,
      fault: { kind: 'crash' },
      afterStep: () => expect(ground.credentials()).toBe(loginText('refreshed')),
    });
    const first = await ground.store(files).recover(authDir).catch(crashed);
    const second = unwrap(await store.recover(authDir));
    expect((first?.ok ? first.value : second)?.outcome ?? 'undone').toBe('undone');
    expect(ground.credentials()).toBe(loginText('refreshed'));
    expect(readFileSync(join(authDir, '.claude.json'), 'utf8')).toBe(stateText('one'));
    expect(readdirSync(join(ground.place, '.auth.claude-setup'))).toEqual(['snapshots']);
    const [newest, older, ...more] = unwrap(await store.snapshots(authDir));
    expect(more).toEqual([]);
    const snapshot = ({ id }: Snapshot) => diskState(join(ground.place, '.auth.claude-setup/snapshots', id));
    if (newest === undefined || older === undefined) throw new Error('too few snapshots');
    expect(snapshot(newest)['.credentials.json']).toBe(`0600 ${loginText('two')}`);
    expect(snapshot(newest)['.claude.json']).toBe(`0600 ${stateText('two')}`);
    expect(snapshot(older)['.credentials.json']).toBe(`0600 ${loginText('one')}`);
    if (steps.length < at) break;
  }
  const [kept] = unwrap(await store.snapshots(authDir));
  if (kept === undefined) throw new Error('no snapshot');
  unwrap(await store.rollback(authDir, kept));
  expect(ground.credentials()).toBe(loginText('two'));
});

it('finishes once the last file is in, also when the login has been refreshed since', async () => {
  const ground = await interrupted((name, path) => name === 'unlink' && path.endsWith('journal.json'));
  writeFileSync(join(ground.authDir, '.credentials.json'), loginText('refreshed'), { mode: 0o600 });
  expect(unwrap(await ground.store().recover(ground.authDir))).toMatchObject({ outcome: 'finished' });
  expect(ground.credentials()).toBe(loginText('refreshed'));
  expect(unwrap(await ground.store().recover(ground.authDir))).toBeNull();
});

it('finishes also when the directory itself was removed meanwhile', async () => {
  const ground = await interrupted(beforeLogin);
  const { authDir } = ground;
  await rm(join(authDir, '.credentials.json'));
  const recovered = unwrap(await ground.store().recover(authDir));
  expect(recovered).toMatchObject({ outcome: 'undone' });
  expect(unwrap(await ground.store().snapshots(authDir))).toHaveLength(2);
});

it('leaves alone what this store has under way', async () => {
  const ground = await interrupted(beforeLogin);
  const store = ground.store();
  unwrap(await store.recover(ground.authDir));
  const staging = unwrap(
    await store.stage(ground.authDir, streamOf(ground.archive('three')), {
      leaveOut: [],
      signal: new AbortController().signal,
    }),
  );
  expect(unwrap(await store.recover(ground.authDir))).toBeNull();
  expect(await store.pending(ground.authDir)).toBeNull();
  unwrap(await store.commit(staging));
  expect(ground.credentials()).toBe(loginText('three'));
});

it('keeps a journal that it can not go by, and says where', async () => {
  const ground = await interrupted(beforeLogin);
  const area = join(ground.place, '.auth.claude-setup');
  await writeFile(join(area, 'journal.json'), '{"version":7}');
  const recovery = unwrap(await ground.store().recover(ground.authDir));
  expect(recovery?.summary).toContain(area);
  expect(ground.credentials()).toBe(loginText('one'));
  expect((await readdir(area)).some((name) => name.startsWith('journal.json.unknown'))).toBe(true);
});

it('keeps the last five snapshots, newest first', async () => {
  const ground = await interrupted(beforeLogin);
  const store = ground.store();
  unwrap(await store.recover(ground.authDir));
  for (const name of ['three', 'one', 'two', 'three', 'one', 'two'])
    unwrap(await ground.capture(store, name));
  const found = unwrap(await store.snapshots(ground.authDir));
  expect(found).toHaveLength(5);
  const times = found.map(({ takenAt }) => takenAt);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  expect(Math.abs(Date.now() - (times[0] ?? 0))).toBeLessThan(60_000);
  expectFailure(await store.rollback(ground.authDir, { id: '../../x', takenAt: 0 }), 'snapshot.missing');
});

it('a token without a login is captured like any file', async () => {
  const ground = await interrupted(beforeLogin);
  const store = ground.store();
  unwrap(await store.recover(ground.authDir));
  const staged = await store.stage(ground.authDir, streamOf(await tarOf([['./note', 'x']])), {
    leaveOut: [],
    signal: new AbortController().signal,
  });
  unwrap(await store.commit(unwrap(staged)));
  expect(ground.credentials()).toBe(loginText('two'));
});
