import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createChanges } from '../../../src/adapters/store/changes.ts';
import { createLoginMarks } from '../../../src/adapters/store/login-marks.ts';
import { temporary } from '../../support/temporary.ts';

const setup = async () => {
  const { authDir, setupHome, root } = await temporary();
  await mkdir(authDir, { mode: 0o700 });
  await mkdir(setupHome, { mode: 0o700 });
  await writeFile(join(authDir, '.credentials.json'), '{"a":1}', { mode: 0o600 });
  const changes = createChanges({ home: setupHome });
  const mark = () => changes.profile({ name: 'dev', authDir });
  return { authDir, setupHome, root, changes, mark };
};

describe('the mark of a profile', () => {
  it('stays while nothing changes, also while nothing is there', async () => {
    const { mark, changes, root } = await setup();
    expect(await mark()).toBe(await mark());
    const nowhere = { name: 'nobody', authDir: join(root, 'nowhere') };
    expect(await changes.profile(nowhere)).toBe(await changes.profile(nowhere));
  });

  it.each<[string, (dir: string, home: string) => Promise<unknown>]>([
    ['written in place with as many bytes', (dir) => writeFile(join(dir, '.credentials.json'), '{"a":2}')],
    [
      'replaced by rename',
      async (dir) => {
        await writeFile(join(dir, 'draft'), '{"a":1}');
        await rename(join(dir, 'draft'), join(dir, '.credentials.json'));
      },
    ],
    ['removed', (dir) => rm(join(dir, '.credentials.json'))],
    ['opened to others', (dir) => chmod(join(dir, '.credentials.json'), 0o644)],
    ['joined by a long-lived token', (dir) => writeFile(join(dir, 'oauth-token'), 'x')],
    ['joined by any file', (dir) => writeFile(join(dir, 'notes'), 'x')],
    ['in a directory that is closed', (dir) => chmod(dir, 0o500)],
    ['gone with its directory', (dir) => rm(dir, { recursive: true })],
    ['refused', async (_dir, home) => createLoginMarks({ home }).markRefused('dev', { login: 'x', at: 1 })],
  ])('is another one when the login was %s', async (_what, change) => {
    const { authDir, setupHome, mark } = await setup();
    const before = await mark();
    await change(authDir, setupHome);
    expect(await mark()).not.toBe(before);
  });

  it('follows links', async () => {
    const { authDir, root, mark } = await setup();
    const target = join(root, 'target');
    await writeFile(target, '1');
    await symlink(target, join(authDir, 'settings.json'));
    const before = await mark();
    await writeFile(target, '2');
    expect(await mark()).not.toBe(before);
  });
});

it('the mark of the settings follows their file', async () => {
  const { changes, setupHome } = await setup();
  const marks = new Set([await changes.settings()]);
  await writeFile(join(setupHome, 'config.json'), '{}');
  marks.add(await changes.settings());
  await writeFile(join(setupHome, 'config.json'), '{ }');
  marks.add(await changes.settings());
  expect(marks.size).toBe(3);
});
