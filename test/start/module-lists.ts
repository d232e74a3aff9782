/** What a way into the program may load. */
export interface ModuleList {
  /** Files of `dist/`. */
  readonly files: number;
  readonly packages: readonly string[];
  /** Of the builtins that take milliseconds. */
  readonly builtins: readonly string[];
}

/** Builtins that take milliseconds to load; the others are not counted. */
export const heavyBuiltins = [
  'child_process',
  'crypto',
  'http',
  'https',
  'readline',
  'tls',
  'worker_threads',
  'zlib',
];

const text = ['ansi-regex', 'get-east-asian-width', 'string-width', 'strip-ansi'];

const ink = [
  '@alcalzone/ansi-tokenize',
  '@inkjs/ui',
  'ansi-escapes',
  'ansi-styles',
  'auto-bind',
  'chalk',
  'cli-boxes',
  'cli-cursor',
  'cli-spinners',
  'cli-truncate',
  'code-excerpt',
  'convert-to-spaces',
  'deepmerge',
  'environment',
  'es-toolkit',
  'escape-string-regexp',
  'figures',
  'indent-string',
  'ink',
  'ink-spinner',
  'is-fullwidth-code-point',
  'is-in-ci',
  'is-unicode-supported',
  'mimic-fn',
  'onetime',
  'patch-console',
  'quick-lru',
  'react',
  'react-reconciler',
  'restore-cursor',
  'scheduler',
  'signal-exit',
  'slice-ansi',
  'stack-utils',
  'terminal-size',
  'widest-line',
  'wrap-ansi',
  'yoga-layout',
];

/** Each of these takes time of every start. What is added here has to be worth it. Packages in alphabetical order. */
export const moduleLists: Readonly<Record<string, ModuleList>> = {
  '--version': { files: 3, packages: [], builtins: [] },
  '--help': { files: 5, packages: ['commander', 'zod'], builtins: [] },
  'check --json': { files: 5, packages: ['commander', 'zod'], builtins: [] },
  'profile list': { files: 13, packages: ['commander', 'zod', ...text].sort(), builtins: ['worker_threads'] },
  '': { files: 10, packages: ['commander', 'zod', ...text].sort(), builtins: ['worker_threads'] },
  'first frame': {
    files: 20,
    packages: ['commander', 'uqr', 'zod', ...ink, ...text].sort(),
    // The search for an engine begins after it.
    builtins: ['worker_threads'],
  },
};
