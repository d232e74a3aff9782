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
