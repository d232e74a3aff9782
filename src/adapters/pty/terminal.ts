import type { IUnicodeVersionProvider, Terminal } from '@xterm/headless';
import type { TerminalSize } from '../../ports/session.ts';

/** Rows kept above the visible ones, so that a link that scrolled away is still found. */
const scrollback = 200;

/** Code points that a cell takes at the most. Without an end, one cell could fill the memory. */
const clusterLimit = 16;

/** A terminal without a screen, its cells as wide as real terminals and Ink draw them, emoji too. */
export const openTerminal = async ({ columns, rows }: TerminalSize): Promise<Terminal> => {
  const [headless, graphemes] = await Promise.all([import('@xterm/headless').then(namesOf), loadGraphemes()]);
  const terminal = new headless.Terminal({
    cols: columns,
    rows,
    scrollback,
    allowProposedApi: true,
    logLevel: 'off',
  });
  const widths = bounded(providerOf(new graphemes.UnicodeGraphemesAddon()));
  terminal.unicode.register(widths);
  terminal.unicode.activeVersion = widths.version;
  return terminal;
};

const importGraphemes = () => import('@xterm/addon-unicode-graphemes').then(namesOf);

let loading: ReturnType<typeof importGraphemes> | null = null;

/**
 * Loads the addon once, while Buffers come from no pool: it decodes its table into a Buffer and reads that from the start
 * of the memory behind it, where in a pool something else stands. Node 24 pools whatever is below 32 KiB, and the table has
 * 3 (seen with the addon's 0.4.0: "Data error", or wrong widths).
 */
const loadGraphemes = (): ReturnType<typeof importGraphemes> => {
  if (loading === null) {
    const { poolSize } = Buffer;
    Buffer.poolSize = 0;
    loading = importGraphemes().finally(() => {
      Buffer.poolSize = poolSize;
    });
  }
  return loading;
};

/** The packages are CommonJS: in the bundle their exports are names, in plain Node they hang below `default`. */
const namesOf = <T extends object>(loaded: T): T =>
  'default' in loaded ? (loaded as { readonly default: T }).default : loaded;

/** What the addon would register: it gives its widths to nobody but a terminal. */
const providerOf = (addon: { activate(terminal: unknown): void }): IUnicodeVersionProvider => {
  const providers: IUnicodeVersionProvider[] = [];
  const unicode = {
    register: (provider: IUnicodeVersionProvider) => providers.push(provider),
    versions: [],
    activeVersion: '',
  };
  addon.activate({ unicode });
  const newest = providers.at(-1);
  if (newest === undefined) throw new Error('the addon brought no widths');
  return newest;
};

/** The lowest bit of a character's properties: it joins the cell before (source: xterm.js, `UnicodeService`). */
const joins = 1;

const bounded = (provider: IUnicodeVersionProvider): IUnicodeVersionProvider => {
  let joined = 0;
  return {
    version: 'bounded',
    wcwidth: (codePoint) => provider.wcwidth(codePoint),
    charProperties(codePoint, before) {
      const properties = provider.charProperties(codePoint, before);
      joined = properties & joins ? joined + 1 : 0;
      if (joined < clusterLimit) return properties;
      joined = 0;
      return provider.charProperties(codePoint, 0) & ~joins;
    },
  };
};
