import { execFile, execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { manPage } from '../../scripts/man-page.ts';
import { commands } from '../../src/cli/commands.ts';
import { temporary } from '../support/temporary.ts';

const run = promisify(execFile);

const isThere = (program: string): boolean => {
  try {
    execFileSync('which', [program]);
    return true;
  } catch {
    return false;
  }
};

const written = async () => {
  const { root } = await temporary();
  const path = join(root, 'claude-setup.1');
  await writeFile(path, await manPage('1.2.3'));
  return path;
};

it.skipIf(!isThere('mandoc'))(
  'the manual page has no fault (skipped where mandoc is not installed)',
  async () => {
    const { stdout } = await run('mandoc', ['-T', 'lint', '-W', 'warning', await written()]).catch(
      (error) => error,
    );
    // A date would make every build another one.
    expect(stdout.split('\n').filter((line: string) => line && !line.includes('missing date'))).toEqual([]);
  },
);

it.skipIf(!isThere('mandoc'))(
  'the manual page shows every command, option and example (skipped where mandoc is not installed)',
  async () => {
    const { stdout } = await run('mandoc', ['-T', 'utf8', '-O', 'width=300', await written()]);
    const text = stdout.replaceAll(/.\x08/g, '').replaceAll(/\s+/g, ' ');
    for (const { words, args, hidden, load } of commands) {
      if (hidden) continue;
      expect(text).toContain(`claude-setup ${[words, args].filter(Boolean).join(' ')} `);
      const { options, examples } = await load();
      for (const { flags } of options) expect(text).toContain(flags);
      for (const example of examples) expect(text).toContain(example.replaceAll(/\s+/g, ' '));
    }
    expect(text).not.toContain('complete <what>');
  },
);
