import { describe, expect, it } from 'vitest';
import { wantsColor, wantsStillness, wantsUnicode } from '../../src/domain/terminal-look.ts';

describe('what a terminal can show', () => {
  it.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [{ FORCE_COLOR: '0' }, false],
    [{ TERM: 'dumb' }, false],
    [{ TERM: 'dumb', FORCE_COLOR: '1' }, true],
  ])('colours with %j: %s', (env, expected) => {
    expect(wantsColor(env, true)).toBe(expected);
  });

  it.each([
    [{ LANG: 'en_GB.UTF-8' }, true],
    [{ LANG: 'en_GB.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'en_GB.UTF-8', TERM: 'linux' }, false],
    [{}, false],
  ])('is more than ASCII with %j: %s', (env, expected) => {
    expect(wantsUnicode(env)).toBe(expected);
  });

  it('is still where that is asked for, and for a screen reader', () => {
    expect(wantsStillness({})).toBe(false);
    expect(wantsStillness({ CLAUDE_SETUP_REDUCED_MOTION: '0' })).toBe(false);
    expect(wantsStillness({ CLAUDE_SETUP_REDUCED_MOTION: '1' })).toBe(true);
    expect(wantsStillness({ INK_SCREEN_READER: 'true' })).toBe(true);
  });
});
