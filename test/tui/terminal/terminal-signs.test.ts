import { describe, expect, it } from 'vitest';
import { createTerminalSigns } from '../../../src/tui/terminal/terminal-signs.ts';

const onTerminal = (env: Readonly<Record<string, string | undefined>>) => {
  let written = '';
  const signs = createTerminalSigns(
    (text) => {
      written += text;
    },
    { LANG: 'C.UTF-8', ...env },
  );
  return { signs, written: () => written };
};

/** Everything that a visit with some work writes. */
const visit = (env: Readonly<Record<string, string | undefined>>): string => {
  const { signs, written } = onTerminal(env);
  signs.title('claude-setup: The setup image');
  const work = signs.begin();
  work.share(0.4);
  work.end();
  signs.close();
  return written();
};

describe('the signs of a terminal', () => {
  it('has a title that is taken back', () => {
    expect(visit({ TERM: 'xterm-256color' })).toBe(
      '\x1b[22;2t\x1b]2;claude-setup: The setup image\x07\x1b]2;\x07\x1b[23;2t',
    );
  });

  it.each([
    { WT_SESSION: 'x' },
    { ConEmuANSI: 'ON' },
    { TERM_PROGRAM: 'ghostty' },
    { TERM_PROGRAM: 'WezTerm' },
  ])('has progress with %j, that is taken back', (env) => {
    expect(visit(env)).toBe('\x1b]9;4;3;0\x07\x1b]9;4;1;40\x07\x1b]9;4;0;0\x07');
  });

  it.each([
    {},
    { TERM: 'dumb' },
    { TERM: 'linux' },
    { TERM: 'vt220' },
    { TERM_PROGRAM: 'ghostty', TMUX: '/somewhere' },
  ])('says nothing to a terminal that might print it: %j', (env) => {
    expect(visit(env)).toBe('');
  });

  it('shows the newest of several pieces of work, and clears what is left when it is closed', () => {
    const { signs, written } = onTerminal({ WT_SESSION: 'x' });
    const build = signs.begin();
    build.share(0.5);
    signs.begin().share(0.7);
    build.end();
    signs.close();
    signs.begin();
    signs.bell();
    expect(written()).toBe(
      '\x1b]9;4;3;0\x07\x1b]9;4;1;50\x07\x1b]9;4;3;0\x07\x1b]9;4;1;70\x07\x1b]9;4;0;0\x07',
    );
  });

  it('has nothing in a title that could end it, and ASCII alone where there is nothing else', () => {
    const { signs, written } = onTerminal({ TERM: 'xterm', LANG: 'C' });
    signs.title('é\x07\x1b]52;c;x\x07 sk-ant-ort01-TESTTESTTESTTEST');
    expect(written()).toMatch(/^\x1b\[22;2t\x1b\]2;\? {2}\]52;c;x {2}sk-ant-\S{0,10}\x07$/);
    expect(written()).not.toContain('TESTTEST');
  });

  it.each([
    [{}, '\x07'],
    [{ CLAUDE_SETUP_NO_BELL: '1' }, ''],
  ])('rings unless it was told not to: %j', (env, expected) => {
    const { signs, written } = onTerminal(env);
    signs.bell();
    expect(written()).toBe(expected);
  });
});
