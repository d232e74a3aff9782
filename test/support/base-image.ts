// Makes images that tests build on, where none can be pulled: Debian with git and authorities, and a Node with its npm from
// npm packages. Made once and kept. As a program it makes the one that the setup image is built on:
//   node test/support/base-image.ts [TAG]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const debian = 'claude-setup-test/minbase:bookworm';

const run = (program: string, args: readonly string[], cwd?: string): string =>
  execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  }).trim();

const isThere = (image: string): boolean => run('docker', ['images', '-q', image]) !== '';

const importDebian = (folder: string): void => {
  const archive = join(folder, 'debian.tar');
  const packages = '--include=ca-certificates,git';
  run('mmdebstrap', ['--quiet', '--variant=minbase', packages, 'bookworm', archive]);
  run('docker', ['import', archive, debian]);
};

const unpackNpm = (folder: string, name: string, from: string, to: string): void => {
  run('tar', ['-xzf', run('npm', ['pack', '--silent', name], folder)], folder);
  renameSync(join(folder, from), to);
  rmSync(join(folder, 'package'), { recursive: true, force: true });
};

/** Makes the image `tag` unless it is there; says whether it was made. `node` and `npm` are major versions. */
export const makeBaseImage = (tag: string, { node, npm }: { node: number; npm: number }): boolean => {
  if (isThere(tag)) return false;
  const folder = mkdtempSync(join(tmpdir(), 'claude-setup-base-'));
  try {
    if (!isThere(debian)) importDebian(folder);
    const bin = join(folder, 'root/usr/local/bin');
    const lib = join(folder, 'root/usr/local/lib/node_modules');
    for (const place of [bin, lib]) mkdirSync(place, { recursive: true });
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
    unpackNpm(folder, `node-linux-${arch}@${node}`, 'package/bin/node', join(bin, 'node'));
    unpackNpm(folder, `npm@${npm}`, 'package', join(lib, 'npm'));
    for (const name of ['npm', 'npx'])
      symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
    const executables = '/usr/local/bin/node /usr/local/lib/node_modules/npm/bin/*-cli.js';
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${debian}\nCOPY root/ /\nRUN chmod 0755 ${executables}\nCMD ["bash"]\n`,
    );
    writeFileSync(join(folder, '.dockerignore'), '*\n!root\n');
    run('docker', ['build', '--quiet', '--tag', tag, folder]);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

if (import.meta.main) {
  const tag = process.argv[2] ?? process.env.CLAUDE_SETUP_TEST_BASE ?? 'claude-setup-test/base:node24';
  console.log(`${tag} ${makeBaseImage(tag, { node: 24, npm: 11 }) ? 'was made' : 'is there'}`);
}
