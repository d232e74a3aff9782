import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  const host = createHost({ env: { ...env, PATH: bin }, homeDir: root, platform, uid: 1000 });
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
