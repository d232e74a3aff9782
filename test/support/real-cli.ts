import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testedCliVersion } from '../../src/domain/config.ts';

const run = promisify(execFile);

/**
 * A folder with the real, unmodified Claude CLI in it, to be put on a PATH. Taken from npm once and kept in
 * CLAUDE_SETUP_TEST_CACHE (else in the system's temporary folder).
 */
export const realCliFolder = async (): Promise<string> => {
  const cache = process.env.CLAUDE_SETUP_TEST_CACHE || join(tmpdir(), 'claude-setup-test-cache');
  const folder = join(cache, `claude-${testedCliVersion}`);
  const there = await access(join(folder, 'claude')).then(
    () => true,
    () => false,
  );
  if (there) return folder;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, 'unpacking-'));
  try {
    const name = `@anthropic-ai/claude-code-linux-${process.arch}@${testedCliVersion}`;
    const { stdout } = await run('npm', ['pack', '--silent', name], { cwd: staging });
    await run('tar', ['-xzf', stdout.trim(), 'package/claude'], { cwd: staging });
    await rename(join(staging, 'package'), folder).catch(() => undefined);
    return folder;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};
