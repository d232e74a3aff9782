import { describe, expect, it } from 'vitest';
import { createTheme, paletteOf } from '../../src/tui/theme.ts';

const colors = (env: Record<string, string>) =>
  Object.values(createTheme(env).styles).flatMap(({ color }) => (color === undefined ? [] : [color]));

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

describe('the theme', () => {
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

  it('has colours and symbols on a usual terminal', () => {
    expect(colors({ LANG: 'en_GB.UTF-8' }).length).toBeGreaterThan(0);
    expect(createTheme({ LANG: 'en_GB.UTF-8' }).symbols.pointer).toBe('❯');
  });

  it('has no colour with NO_COLOR', () => {
    expect(colors({ LANG: 'en_GB.UTF-8', NO_COLOR: '1' })).toEqual([]);
  });

  it('is plain ASCII outside UTF-8 and on a dumb terminal', () => {
    for (const env of [{ LANG: 'C' }, { LANG: 'C.UTF-8', TERM: 'dumb' }]) {
      const { symbols, finding, step } = createTheme(env);
      const all = JSON.stringify([symbols, finding, step]);
      expect([...all].every((character) => character.charCodeAt(0) < 128)).toBe(true);
    }
  });

  it('tells every finding and step apart without colour', () => {
    for (const env of [{ LANG: 'C.UTF-8' }, { LANG: 'C' }]) {
      const { finding, step } = createTheme(env);
      expect(new Set(Object.values(finding).map(({ symbol }) => symbol)).size).toBe(4);
      expect(new Set(Object.values(step).map(({ symbol }) => symbol)).size).toBe(3);
    }
  });
});
