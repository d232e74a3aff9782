import { chmod, lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { realFileSystem } from '../../../src/adapters/store/file-system.ts';
import { loginText } from '../../support/logins.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const store = createAuthStore({ uid: process.getuid?.() ?? null });
const modeOf = async (path: string) => (await lstat(path)).mode & 0o7777;

describe('disk', () => {
  it('knows the space, also of a directory that is not there yet', async () => {
    const { authDir } = await temporary();
    const disk = await store.disk(join(authDir, 'deeper', 'still'));
    expect(disk?.readOnly).toBe(false);
    expect(disk?.freeBytes).toBeGreaterThan(0);
  });

  it('tells a read-only file system from missing rights', async () => {
    const { home } = await temporary();
    const refusing = (code: string) => {
      const access = async () => {
        throw Object.assign(new Error(code), { code });
      };
      return createAuthStore({ uid: null, files: { ...realFileSystem, access } }).disk(home);
    };
    expect(await refusing('EROFS')).toMatchObject({ readOnly: true });
    expect(await refusing('EACCES')).toMatchObject({ readOnly: false });
  });
});

describe('tighten', () => {
  it('takes the rights of others away, gives the owner theirs back, and follows no link', async () => {
    const { authDir, home } = await temporary();
    await mkdir(join(authDir, 'projects', 'closed'), { recursive: true });
    const files = {
      '.credentials.json': 0o644,
      'projects/log': 0o444,
      'projects/hook.sh': 0o755,
      none: 0o000,
    };
    for (const [name, mode] of Object.entries(files)) {
      await writeFile(join(authDir, name), loginText('a'));
      await chmod(join(authDir, name), mode);
    }
    await chmod(join(authDir, 'projects', 'closed'), 0o000);
    await chmod(join(authDir, 'projects'), 0o775);
    await chmod(authDir, 0o777);
    await writeFile(join(home, 'outside'), 'theirs', { mode: 0o644 });
    await chmod(join(home, 'outside'), 0o644);
    await symlink(join(home, 'outside'), join(authDir, 'link'));

    unwrap(await store.tighten(authDir));

    const modes = Object.fromEntries(
      await Promise.all(
        ['.', 'projects', 'projects/closed', ...Object.keys(files)].map(async (name) => [
          name,
          await modeOf(join(authDir, name)),
        ]),
      ),
    );
    expect(modes).toEqual({
      '.': 0o700,
      projects: 0o700,
      'projects/closed': 0o700,
      '.credentials.json': 0o600,
      'projects/log': 0o600,
      'projects/hook.sh': 0o700,
      none: 0o600,
    });
    expect(await modeOf(join(home, 'outside'))).toBe(0o644);
  });

  it('refuses a directory that is a link', async () => {
    const { authDir, home } = await temporary();
    await mkdir(join(home, 'real'), { mode: 0o755 });
    await symlink(join(home, 'real'), authDir);
    expectFailure(await store.tighten(authDir), 'directory.unsafe');
    expect(await modeOf(join(home, 'real'))).toBe(0o755);
  });
});

describe('pending', () => {
  const begun = async (authDir: string) => {
    const area = join(authDir, '..', '.hub.claude-setup');
    await mkdir(join(area, 'staging', 'w1', 'tree'), { recursive: true, mode: 0o700 });
    await chmod(area, 0o700);
    return area;
  };

  it('sees what an ended process left, and changes nothing', async () => {
    const { home } = await temporary();
    const authDir = join(home, 'hub');
    expect(await store.pending(authDir)).toBeNull();
    const area = await begun(authDir);
    await writeFile(join(area, 'staging', 'w1', 'owner.json'), '{}');
    expect(await store.pending(authDir)).toContain('cut short before its files were moved in');
    await writeFile(join(area, 'journal.json'), 'no journal');
    expect(await store.pending(authDir)).toContain("can't be read");
    expect(await readFile(join(area, 'journal.json'), 'utf8')).toBe('no journal');
  });
});
