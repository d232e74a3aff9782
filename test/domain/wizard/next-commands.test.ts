import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../../src/domain/profile.ts';
import { nextCommands, shellLines, shellWord } from '../../../src/domain/wizard/next-commands.ts';

const profile = (authDir: string, runtime: Profile['runtime'] = 'docker'): Profile => ({
  name: 'dev',
  authDir,
  runtime,
  leaveOut: null,
});

const long = `/home/ada/${'a long directory/'.repeat(8)}$HOME "quoted" back\\slash`;

/** The words that a real shell makes of lines, as pasted into it. */
const wordsOf = (lines: readonly string[]): readonly string[] =>
  execFileSync('sh', ['-c', `printf '%s\\n' ${lines.join('\n')}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');

describe('commands to go on with', () => {
  it('are as short as the width allows', () => {
    expect(nextCommands(profile('/home/ada/.claude-hub'), 60).map(({ lines }) => lines)).toEqual([
      ['claude-setup check dev'],
      [
        'docker run --rm -it \\',
        '--volume=/home/ada/.claude-hub:/home/node/.claude \\',
        'claude-setup:latest claude',
      ],
      ['volumes:', '  - type: bind', '    source: "/home/ada/.claude-hub"', '    target: /home/node/.claude'],
    ]);
  });

  it('run without a container where the profile does', () => {
    const [, command] = nextCommands(profile('/home/ada/.claude-hub', 'sandbox'), 80);
    expect(command?.lines).toEqual(['CLAUDE_CONFIG_DIR=/home/ada/.claude-hub claude']);
  });

  it.each([40, 60, 80, 120])('mean the same to a shell at %i columns', (width) => {
    const words = ['docker', 'run', '-v', `${long}:/home/node/.claude`, 'claude-setup:latest'];
    const lines = shellLines(words.map(shellWord), width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(wordsOf(lines)).toEqual(words);
  });

  it.each([40, 60, 80])('mean the same to a reader of YAML at %i columns', (width) => {
    const compose = nextCommands(profile(long), width)[2]?.lines ?? [];
    expect(Math.max(...compose.map((line) => line.length))).toBeLessThanOrEqual(width);
    const scalar = compose.slice(2, -1).join('\n').replace('    source: ', '');
    // The rules of YAML for a double-quoted scalar: an escaped line break and the white space after it are nothing.
    const unfolded = scalar.replaceAll(/\\\n\s*/g, '').replaceAll('\\ ', ' ');
    expect(JSON.parse(unfolded)).toBe(long);
  });
});
