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
  it('are as short as the width allows, and hand out no login', () => {
    expect(nextCommands(profile('/home/ada/.claude-hub'), 60).map(({ lines }) => lines)).toEqual([
      ['claude-setup check dev'],
      ['claude-setup run dev -- claude'],
      ['claude-setup export dev --format compose'],
    ]);
    expect(nextCommands(profile('/home/ada/.claude-hub'), 24)[1]?.lines).toEqual([
      'claude-setup run dev \\',
      '-- claude',
    ]);
  });

  it('say where it runs', () => {
    const purposes = (runtime: Profile['runtime']) =>
      nextCommands(profile('/home/ada/.claude-hub', runtime), 80).map(({ purpose }) => purpose);
    expect(purposes('docker')).toContain('Run Claude with it in a container');
    expect(purposes('sandbox')).toContain('Run Claude with it on this machine');
  });

  it.each([40, 60, 80, 120])('mean the same to a shell at %i columns', (width) => {
    const words = ['docker', 'run', '-v', `${long}:/home/node/.claude`, 'claude-setup:latest'];
    const lines = shellLines(words.map(shellWord), width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(wordsOf(lines)).toEqual(words);
  });
});
