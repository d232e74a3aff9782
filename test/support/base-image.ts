// Makes the image that the tests build the setup image on, where none can be pulled: Debian with git and authorities, and
// a Node with npm from npm packages. Made once and kept.
//   node test/support/base-image.ts [TAG]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const tag = process.argv[2] ?? process.env.CLAUDE_SETUP_TEST_BASE ?? 'claude-setup-test/base:node24';
const minimal = 'claude-setup-test/minbase:bookworm';

const run = (program: string, args: readonly string[], cwd?: string): string =>
  execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  }).trim();

const isThere = (image: string): boolean => run('docker', ['images', '-q', image]) !== '';

const nodeAndNpm = (folder: string): void => {
  const lib = join(folder, 'root/usr/local/lib/node_modules');
  const bin = join(folder, 'root/usr/local/bin');
  mkdirSync(lib, { recursive: true });
  mkdirSync(bin, { recursive: true });
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  for (const [name, take] of [
    [`node-linux-${arch}@24`, () => renameSync(join(folder, 'package/bin/node'), join(bin, 'node'))],
    ['npm@11', () => renameSync(join(folder, 'package'), join(lib, 'npm'))],
  ] as const) {
    rmSync(join(folder, 'package'), { recursive: true, force: true });
    run('tar', ['-xzf', run('npm', ['pack', '--silent', name], folder)], folder);
    take();
  }
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
};

if (isThere(tag)) console.log(`${tag} is there`);
else {
  const folder = mkdtempSync(join(tmpdir(), 'claude-setup-base-'));
  try {
    if (!isThere(minimal)) {
      const archive = join(folder, 'minimal.tar');
      run('mmdebstrap', [
        '--quiet',
        '--variant=minbase',
        '--include=ca-certificates,git',
        'bookworm',
        archive,
      ]);
      run('docker', ['import', archive, minimal]);
    }
    nodeAndNpm(folder);
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${minimal}\nCOPY root/ /\nRUN chmod 0755 /usr/local/bin/node /usr/local/lib/node_modules/npm/bin/*-cli.js\nCMD ["bash"]\n`,
    );
    if (!existsSync(join(folder, 'root/usr/local/bin/node')))
      throw new Error('the Node package holds no bin/node');
    writeFileSync(join(folder, '.dockerignore'), '*\n!root\n');
    run('docker', ['build', '--quiet', '--tag', tag, folder]);
    console.log(`${tag} was made`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
