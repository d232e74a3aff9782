import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createHost } from '../../../src/adapters/host/host.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const link = 'https://claude.ai/oauth/authorize?z-TEST&x=$(touch /tmp/never)';

/** A machine with these tools on its PATH; each writes what it got into a file of its name. */
const machine = async (
  tools: readonly string[],
  env: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = 'linux',
  exit = 0,
) => {
  const { root } = await temporary();
  const bin = join(root, 'bin');
  await mkdir(bin);
  for (const tool of tools) {
    await writeFile(
      join(bin, tool),
      `#!/bin/sh\n{ echo "$@"; /bin/cat; } > '${join(root, tool)}.got.part'\n/bin/mv '${join(root, tool)}.got.part' '${join(root, tool)}.got'\nexit ${exit}\n`,
      { mode: 0o755 },
    );
  }
  const host = createHost({ env: { ...env, PATH: bin }, homeDir: root, platform, uid: 1000, program: [] });
  return { host, got: (tool: string) => vi.waitFor(() => readFile(join(root, `${tool}.got`), 'utf8')) };
};

describe('opening a browser', () => {
  it.each([
    ['xdg-open', { DISPLAY: ':0' }, 'linux'],
    ['xdg-open', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux'],
    ['wslview', { WSL_DISTRO_NAME: 'Debian' }, 'linux'],
    ['open', {}, 'darwin'],
  ] as const)('by %s with %j on %s, the link as one argument', async (tool, env, platform) => {
    const { host, got } = await machine(['open', 'wslview', 'xdg-open'], env, platform);
    unwrap(await host.openBrowser(link));
    expect(await got(tool)).toBe(`${link}\n`);
  });

  it('is refused without a screen, without a tool, and for what is no https link', async () => {
    expectFailure(await (await machine(['xdg-open'], {})).host.openBrowser(link), 'host.browser');
    expectFailure(await (await machine([], { DISPLAY: ':0' })).host.openBrowser(link), 'host.browser');
    expectFailure(
      await (await machine(['xdg-open'], { DISPLAY: ':0' })).host.openBrowser('file:///etc/passwd'),
      'host.browser',
    );
  });
});

describe('a tool that does not end', () => {
  const staying = async (tool: string) => {
    const { root } = await temporary();
    const pidFile = join(root, 'pid');
    await writeFile(
      join(root, tool),
      `#!/bin/sh\necho $$ > '${pidFile}.part'\n/bin/mv '${pidFile}.part' '${pidFile}'\nexec /bin/sleep 600\n`,
      { mode: 0o755 },
    );
    const host = createHost({
      env: { DISPLAY: ':0', PATH: root },
      homeDir: root,
      platform: 'linux',
      uid: 1000,
      program: [],
    });
    const pid = async () => Number(await vi.waitFor(() => readFile(pidFile, 'utf8')));
    return { host, pid };
  };

  it('has opened the browser, which it stays with', async () => {
    const { host, pid } = await staying('xdg-open');
    unwrap(await host.openBrowser(link));
    // Still there: ending it would close the browser.
    expect(process.kill(await pid(), 0)).toBe(true);
    process.kill(await pid(), 'SIGKILL');
  });

  it('has copied nothing, and is ended', async () => {
    const { host, pid } = await staying('xclip');
    expectFailure(await host.copy('text'), 'host.clipboard');
    const ended = await pid();
    await vi.waitFor(() => expect(() => process.kill(ended, 0)).toThrow('ESRCH'));
  });
});

it('passes over what is no program, and relative places of the PATH', async () => {
  const { root } = await temporary();
  await mkdir(join(root, 'folder', 'xclip'), { recursive: true });
  await writeFile(join(root, 'xclip'), '#!/bin/sh\n', { mode: 0o755 });
  const relativePath = relative(process.cwd(), root);
  const host = createHost({
    env: { DISPLAY: ':0', PATH: `${relativePath}:${join(root, 'folder')}` },
    homeDir: root,
    platform: 'linux',
    uid: 1000,
    program: [],
  });
  expectFailure(await host.copy('text'), 'host.clipboard');
});

describe('copying', () => {
  it.each([
    ['wl-copy', { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: ':0' }, 'linux'],
    ['xclip', { DISPLAY: ':0' }, 'linux'],
    ['clip.exe', { WSL_DISTRO_NAME: 'Debian' }, 'linux'],
    ['pbcopy', {}, 'darwin'],
  ] as const)('by %s with %j on %s, the text on standard input', async (tool, env, platform) => {
    const { host, got } = await machine(['pbcopy', 'clip.exe', 'wl-copy', 'xclip', 'xsel'], env, platform);
    unwrap(await host.copy(link));
    expect(await got(tool)).toContain(link);
    expect((await got(tool)).split('\n')[0]).not.toContain('https');
  });

  it('goes on to the next tool when one fails, and says so when all do', async () => {
    const { host } = await machine(['xclip', 'xsel'], { DISPLAY: ':0' }, 'linux', 1);
    expectFailure(await host.copy('text'), 'host.clipboard');
  });
});
