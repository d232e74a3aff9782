import { defaultTheme, extendTheme, type Theme as UiTheme } from '@inkjs/ui';
import type { BoxProps, TextProps } from 'ink';
import { createContext, useContext } from 'react';
import type { FindingStatus } from '../domain/checks/report.ts';
import { type Environment, wantsColor, wantsStillness, wantsUnicode } from '../domain/terminal-look.ts';
import type { StepMark } from '../domain/wizard/wizard.ts';

type Styles = Record<'good' | 'warning' | 'bad' | 'faint' | 'strong' | 'accent' | 'cursor', TextProps>;

/** Every colour and symbol of the screens. A symbol never stands alone: text beside it says the same. */
export interface Theme {
  /** Whether anything is coloured. */
  readonly withColor: boolean;
  readonly styles: Styles;
  readonly finding: Record<FindingStatus, { readonly symbol: string; readonly style: TextProps }>;
  readonly step: Record<StepMark, { readonly symbol: string; readonly style: TextProps }>;
  readonly symbols: {
    readonly pointer: string;
    readonly bullet: string;
    readonly rule: string;
    readonly more: { readonly above: string; readonly below: string };
    /** Stands for the cursor where the terminal can't show one in reverse. */
    readonly cursor: string;
    readonly ellipsis: string;
  };
  /** What turns while something goes on; null where nothing is to move, and the bullet stands for it. */
  readonly spinner: 'dots' | 'line' | null;
  readonly border: NonNullable<BoxProps['borderStyle']>;
  /** The same for the ready-made components. */
  readonly ui: UiTheme;
}

const unicodeSymbols: Theme['symbols'] = {
  pointer: '❯',
  bullet: '•',
  rule: '─',
  more: { above: '↑', below: '↓' },
  cursor: ' ',
  ellipsis: '…',
};

const asciiSymbols: Theme['symbols'] = {
  pointer: '>',
  bullet: '-',
  rule: '-',
  more: { above: '^', below: 'v' },
  cursor: '_',
  ellipsis: '...',
};

/** Colours by their numbers: of the 16 that a terminal names, or of the 256. */
interface Palette {
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
const colorName = (color: number): string => names[color] ?? `ansi256(${color})`;

/** The theme that a terminal can show: no colour with NO_COLOR or `TERM=dumb`, plain ASCII outside UTF-8. */
export const createTheme = (env: Environment): Theme => {
  const dumb = env.TERM === 'dumb';
  const unicode = wantsUnicode(env);
  const withColor = wantsColor(env, true);
  const palette = paletteOf(env);
  const color = (name: keyof Palette): TextProps => (withColor ? { color: colorName(palette[name]) } : {});
  const faint: TextProps = dumb ? {} : { dimColor: true };
  const styles: Styles = {
    good: color('good'),
    warning: color('warning'),
    bad: color('bad'),
    faint,
    strong: dumb ? {} : { bold: true },
    accent: { ...color('accent'), ...(dumb ? {} : { bold: true }) },
    cursor: dumb ? {} : { inverse: true },
  };
  const symbols = unicode ? unicodeSymbols : asciiSymbols;
  const pick = (fine: string, plain: string) => (unicode ? fine : plain);
  const border = unicode ? 'round' : 'classic';
  return {
    withColor,
    styles,
    symbols: dumb ? symbols : { ...symbols, cursor: ' ' },
    finding: {
      pass: { symbol: pick('✔', '+'), style: styles.good },
      warn: { symbol: pick('▲', '!'), style: styles.warning },
      fail: { symbol: pick('✖', 'x'), style: styles.bad },
      skip: { symbol: pick('○', 'o'), style: styles.faint },
    },
    step: {
      finished: { symbol: pick('✔', '+'), style: styles.good },
      current: { symbol: pick('●', '*'), style: styles.accent },
      ahead: { symbol: pick('○', 'o'), style: styles.faint },
    },
    spinner: wantsStillness(env) ? null : unicode ? 'dots' : 'line',
    border,
    ui: uiTheme(pick, border, styles),
  };
};

const uiTheme = (
  pick: (fine: string, plain: string) => string,
  border: Theme['border'],
  styles: Styles,
): UiTheme => {
  const icons: Readonly<Record<string, string>> = {
    success: pick('✔', '+'),
    error: pick('✖', 'x'),
    warning: pick('▲', '!'),
    info: pick('•', '-'),
  };
  const colors: Readonly<Record<string, TextProps>> = {
    success: styles.good,
    error: styles.bad,
    warning: styles.warning,
    info: styles.faint,
  };
  const icon = ({ variant }: { variant: string }) => ({ icon: icons[variant] });
  return extendTheme(defaultTheme, {
    components: {
      ProgressBar: {
        styles: { completed: () => styles.accent, remaining: () => styles.faint },
        config: () => ({
          completedCharacter: pick('█', '#'),
          remainingCharacter: pick('░', '.'),
        }),
      },
      StatusMessage: {
        styles: { icon: ({ variant }: { variant: string }) => colors[variant] ?? {} },
        config: icon,
      },
      Alert: {
        styles: {
          container: ({ variant }: { variant: string }) => ({
            flexGrow: 1,
            borderStyle: border,
            borderColor: colors[variant]?.color,
            gap: 1,
            paddingX: 1,
          }),
          content: () => ({
            flexShrink: 1,
            flexGrow: 1,
            minWidth: 0,
            flexDirection: 'column' as const,
            gap: 0,
          }),
          title: () => styles.strong,
        },
        config: icon,
      },
    },
  });
};

export const ThemeContext = createContext<Theme>(createTheme({ LANG: 'C.UTF-8' }));

export const useTheme = (): Theme => useContext(ThemeContext);
