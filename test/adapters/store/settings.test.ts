import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { createSettings } from '../../../src/adapters/store/settings.ts';
import { settingsHome } from '../../../src/adapters/store/settings-home.ts';
import { type Config, emptyConfig } from '../../../src/domain/config.ts';
import { fail, ok } from '../../../src/domain/failure.ts';
import type { Profile } from '../../../src/domain/profile.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const made = async () => {
  const { setupHome: home, root } = await temporary();
  return {
    root,
    home,
    file: join(home, 'config.json'),
    settings: createSettings({ home, clock: systemClock }),
  };
};

const dev: Profile = { name: 'dev', authDir: '/home/me/.claude-hub', runtime: 'docker', leaveOut: null };
const addDev = (config: Config) =>
  ok({ ...config, profiles: [...config.profiles, dev], defaultProfile: 'dev' });

it('starts empty without making a file, and keeps what is saved, for us alone', async () => {
  const { root, home, file, settings } = await made();
  expect(unwrap(await settings.load())).toEqual(emptyConfig);
  expect(await readdir(root)).toEqual(['home']);
  unwrap(await settings.update(addDev));
  expect(unwrap(await createSettings({ home, clock: systemClock }).load())).toEqual({
    ...emptyConfig,
    profiles: [dev],
    defaultProfile: 'dev',
  });
  expect((await stat(file)).mode & 0o7777).toBe(0o600);
  expect((await stat(home)).mode & 0o7777).toBe(0o700);
  expect(await readdir(home)).toEqual(['config.json']);
});

it('closes its home to others when something else has made it', async () => {
  const { home, settings } = await made();
  await mkdir(home);
  await chmod(home, 0o755);
  unwrap(await settings.update(addDev));
  expect((await stat(home)).mode & 0o7777).toBe(0o700);
});

it('changes nothing when the change is refused', async () => {
  const { home, settings } = await made();
  expectFailure(
    await settings.update(() => fail('profile.unknown', 'No', 'none', 'add one')),
    'profile.unknown',
  );
  expect(await readdir(home)).toEqual([]);
});

it.each([
  ['no JSON', '{"version":1,'],
  ['nothing', ''],
  ['a list', '[]'],
  ['no version', '{"profiles":[]}'],
  ['a profile without a directory', '{"version":1,"profiles":[{"name":"dev","runtime":"docker"}]}'],
  ['a name that is none', '{"version":1,"profiles":[{"name":"../x","authDir":"/a","runtime":"docker"}]}'],
  [
    'a directory that is not absolute',
    '{"version":1,"profiles":[{"name":"x","authDir":"a","runtime":"docker"}]}',
  ],
  [
    'a name twice',
    '{"version":1,"profiles":[{"name":"x","authDir":"/a","runtime":"docker"},{"name":"x","authDir":"/b","runtime":"docker"}]}',
  ],
])('a file with %s is kept, copied once and named', async (_what, text) => {
  const { home, file, settings } = await made();
  await mkdir(home);
  await writeFile(file, text);
  const line = expectFailure(await settings.load(), 'settings.broken');
  expectFailure(await settings.update(addDev), 'settings.broken');
  expectFailure(await settings.load(), 'settings.broken');
  expect(await readFile(file, 'utf8')).toBe(text);
  const [copy, ...more] = (await readdir(home)).filter((name) => name.startsWith('config.json.broken-'));
  expect(more).toEqual([]);
  expect(line).toContain(file);
  expect(line).toContain(join(home, String(copy)));
  expect(await readFile(join(home, String(copy)), 'utf8')).toBe(text);
  expect((await stat(join(home, String(copy)))).mode & 0o777).toBe(0o600);
  await writeFile(file, `${text} `);
  expectFailure(await settings.load(), 'settings.broken');
  expect((await readdir(home)).filter((name) => name.includes('broken'))).toHaveLength(2);
});

it('a file of a newer release is not touched', async () => {
  const { home, file, settings } = await made();
  await mkdir(home);
  await writeFile(file, '{"version":2,"shape":"unknown"}');
  expectFailure(await settings.load(), 'settings.newer');
  expectFailure(await settings.update(addDev), 'settings.newer');
  expect(await readFile(file, 'utf8')).toBe('{"version":2,"shape":"unknown"}');
  expect(await readdir(home)).toEqual(['config.json']);
});

it('keys that this release does not know survive a change', async () => {
  const { home, file, settings } = await made();
  await mkdir(home);
  const known = {
    ...emptyConfig,
    profiles: [{ ...dev, note: 'mine' }],
    image: { ...emptyConfig.image, arch: 'x' },
  };
  await writeFile(file, JSON.stringify({ ...known, theme: { dark: true } }));
  // The use case makes the profile anew, as a rename of its directory would.
  unwrap(await settings.update((config) => ok({ ...config, profiles: [{ ...dev, authDir: '/elsewhere' }] })));
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    ...known,
    profiles: [{ ...dev, authDir: '/elsewhere', note: 'mine' }],
    theme: { dark: true },
  });
});

it('what is missing gets its default', async () => {
  const { home, file, settings } = await made();
  await mkdir(home);
  await writeFile(file, '{"version":1,"profiles":[{"name":"dev","authDir":"/a","runtime":"sandbox"}]}');
  expect(unwrap(await settings.load())).toEqual({
    ...emptyConfig,
    profiles: [{ name: 'dev', authDir: '/a', runtime: 'sandbox', leaveOut: null }],
  });
});

it('a file that is a link stays one', async () => {
  const { root, home, file, settings } = await made();
  await mkdir(home);
  await writeFile(join(root, 'mine.json'), '{"version":1}');
  await symlink(join(root, 'mine.json'), file);
  unwrap(await settings.update(addDev));
  expect(JSON.parse(await readFile(join(root, 'mine.json'), 'utf8'))).toMatchObject({
    defaultProfile: 'dev',
  });
});

it('clears away what a writer that was killed left', async () => {
  const { home, settings } = await made();
  await mkdir(home);
  await writeFile(join(home, 'config.json.tmp-1234567890abcdef'), 'half');
  unwrap(await settings.update(addDev));
  expect(await readdir(home)).toEqual(['config.json']);
});

it('says so when its home can not be made', async () => {
  const { root } = await made();
  await writeFile(join(root, 'file'), '');
  const settings = createSettings({ home: join(root, 'file', 'setup'), clock: systemClock });
  expectFailure(await settings.update(addDev), 'settings.unwritable');
});

const asRoot = process.getuid?.() === 0;
it.skipIf(asRoot)(
  'says so when its home may not be written (not as root, who may write everywhere)',
  async () => {
    const { home, settings } = await made();
    await mkdir(home);
    await chmod(home, 0o500);
    expectFailure(await settings.update(addDev), 'settings.unwritable');
  },
);

it('lies where the platform and the variables say', () => {
  const of = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
    settingsHome(env, '/home/me', platform);
  expect(of({})).toBe('/home/me/.config/claude-setup');
  expect(of({ XDG_CONFIG_HOME: '/etc/mine' })).toBe('/etc/mine/claude-setup');
  expect(of({ XDG_CONFIG_HOME: 'relative' })).toBe('/home/me/.config/claude-setup');
  expect(of({}, 'darwin')).toBe('/home/me/Library/Application Support/claude-setup');
  expect(of({ CLAUDE_SETUP_HOME: '/srv/setup', XDG_CONFIG_HOME: '/etc/mine' }, 'darwin')).toBe('/srv/setup');
});
