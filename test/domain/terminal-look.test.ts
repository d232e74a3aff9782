import { describe, expect, it } from 'vitest';
import { paletteOf, wantsColor, wantsStillness, wantsUnicode } from '../../src/domain/terminal-look.ts';

/** Red, green and blue of one of the 256 colours, between 0 and 255 (xterm's cube). */
const channels = (color: number) =>
  [36, 6, 1].map((unit) => {
    const level = Math.floor((color - 16) / unit) % 6;
    return level === 0 ? 0 : 55 + level * 40;
  });

/** Relative luminance (WCAG 2.2). */
const luminance = (color: number) =>
  channels(color)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, index) => sum + value * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);

describe('what a terminal can show', () => {
  it('has colours that can be read on black and on white, where there are 256', () => {
    for (const color of Object.values(paletteOf({ TERM: 'xterm-256color' }))) {
      expect(color).toBeGreaterThan(15);
      expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThan(3.9);
      expect((luminance(color) + 0.05) / 0.05).toBeGreaterThan(3.9);
    }
  });

  it('has neither yellow nor cyan on a light ground, where there are 16', () => {
    const [yellow, cyan] = [3, 6];
    const light = Object.values(paletteOf({ TERM: 'rxvt', COLORFGBG: '0;default;15' }));
    expect(light).not.toContain(yellow);
    expect(light).not.toContain(cyan);
    expect(Object.values(paletteOf({ TERM: 'rxvt', COLORFGBG: '15;default;0' }))).toContain(yellow);
  });

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
