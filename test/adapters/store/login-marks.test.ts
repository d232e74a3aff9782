import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { createCliLock } from '../../../src/adapters/store/cli-lock.ts';
import { createLoginMarks } from '../../../src/adapters/store/login-marks.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

it('remembers a refused login for each profile, privately', async () => {
  const { setupHome } = await temporary();
  const marks = createLoginMarks({ home: setupHome });
  expect(await marks.refused('dev')).toBeNull();
  unwrap(await marks.markRefused('dev', { login: 'abc', at: 1 }));
  unwrap(await marks.markRefused('dev', { login: 'abd', at: 2 }));
  expect(await createLoginMarks({ home: setupHome }).refused('dev')).toEqual({ login: 'abd', at: 2 });
  expect(await marks.refused('test')).toBeNull();
  expect(await readdir(join(setupHome, 'state'))).toEqual(['dev.json']);
  expect((await stat(join(setupHome, 'state', 'dev.json'))).mode & 0o777).toBe(0o600);
});

it('takes a mark that it can not read for none, and says when it can not write one', async () => {
  const { setupHome } = await temporary();
  const marks = createLoginMarks({ home: setupHome });
  await mkdir(join(setupHome, 'state'), { recursive: true });
  await writeFile(join(setupHome, 'state', 'dev.json'), '{"refused": {"login"');
  expect(await marks.refused('dev')).toBeNull();
  const inTheWay = createLoginMarks({ home: join(setupHome, 'state', 'dev.json') });
  expectFailure(await inTheWay.markRefused('dev', { login: 'abc', at: 1 }), 'disk.error');
});

it("knows the CLI's lock by its time", async () => {
  const { authDir } = await temporary();
  const lock = createCliLock({ clock: systemClock });
  expect(await lock.isHeld(authDir)).toBe(false);
  const path = join(authDir, '.oauth_refresh.lock');
  await mkdir(path, { recursive: true });
  expect(await lock.isHeld(authDir)).toBe(true);
  const longAgo = Date.now() / 1000 - 61;
  await utimes(path, longAgo, longAgo);
  expect(await lock.isHeld(authDir)).toBe(false);
});
