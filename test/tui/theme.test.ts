import { describe, expect, it } from 'vitest';
import { createTheme } from '../../src/tui/theme.ts';

const colors = (env: Record<string, string>) =>
  Object.values(createTheme(env).styles).flatMap(({ color }) => (color === undefined ? [] : [color]));

describe('the theme', () => {
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
