/** What a terminal can show, by its environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Colour as NO_COLOR, FORCE_COLOR and the terminal ask for it. */
export const wantsColor = (env: Environment, isTerminal: boolean): boolean => {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
};

/** Whether the locale can show more than ASCII, and the terminal has the glyphs: the Linux console has few. */
export const wantsUnicode = (env: Environment): boolean =>
  env.TERM !== 'dumb' && env.TERM !== 'linux' && /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');

/** Whether nothing on the screen is to move by itself. */
export const wantsStillness = (env: Environment): boolean =>
  isSet(env.CLAUDE_SETUP_REDUCED_MOTION) || wantsScreenReader(env);

/** Whether a screen reader reads the screens out; Ink's own variable. */
export const wantsScreenReader = (env: Environment): boolean => env.INK_SCREEN_READER === 'true';

/** Whether the end of long work may be heard. */
export const wantsBell = (env: Environment): boolean => !isSet(env.CLAUDE_SETUP_NO_BELL);

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

/** Colours by their numbers: of the 16 that a terminal names, or of the 256. */
export interface Palette {
  readonly good: number;
  readonly warning: number;
  readonly bad: number;
  readonly accent: number;
}

/** Of the fixed ones, in the middle between black and white: contrast 3.9 or more on either. */
const fixed: Palette = { good: 28, warning: 130, bad: 196, accent: 31 };
const named: Palette = { good: 2, warning: 3, bad: 1, accent: 6 };
/** Yellow and cyan can hardly be seen on white. */
const namedOnLight: Palette = { ...named, warning: 5, accent: 4 };

/**
 * Colours that can be read on the terminal's ground. Few terminals tell what that is (rxvt, Konsole and some others set
 * COLORFGBG, such as `0;15`), so where there are 256 colours they suit both.
 */
export const paletteOf = (env: Environment): Palette => {
  if (hasManyColors(env)) return fixed;
  return /;(7|15)$/.test(env.COLORFGBG ?? '') ? namedOnLight : named;
};

const hasManyColors = ({ COLORTERM, TERM, FORCE_COLOR }: Environment): boolean =>
  FORCE_COLOR !== '1' &&
  (/^(truecolor|24bit)$/.test(COLORTERM ?? '') ||
    /-(256color|direct|kitty|ghostty)$|^(alacritty|foot|wezterm|rio)/.test(TERM ?? ''));

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** A colour of a palette as Ink is told it. */
export const colorName = (color: number): string => names[color] ?? `ansi256(${color})`;
