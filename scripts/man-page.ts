import type { Command, CommandEntry, OptionSpec } from '../src/cli/command.ts';
import { commands } from '../src/cli/commands.ts';

type Described = CommandEntry & Pick<Command, 'options' | 'examples'>;

/** Text as troff takes it: no requests at the start of a line, hyphens that can be copied. */
const troff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('…', '\\&...')
    .replace(/^\./, '\\&.');

const option = ({ flags, summary, choices }: OptionSpec): readonly string[] => [
  '.TP',
  `.B ${troff(flags)}`,
  troff(`${summary}${choices ? ` (${choices.join(', ')})` : ''}.`),
];

const command = ({ words, args, summary, options, examples, takesWords }: Described): readonly string[] => {
  const call = ['claude-setup', words, args, takesWords ? '-- command…' : ''].filter(Boolean).join(' ');
  return [
    `.SS ${troff(call)}`,
    troff(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`),
    ...options.flatMap(option),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:', '.PP', '.nf']),
    ...examples.map((line) => `.RS 4\n${troff(line)}\n.RE`),
    ...(examples.length === 0 ? [] : ['.fi']),
  ];
};

const general: readonly OptionSpec[] = [
  { flags: '--debug', summary: 'write a redacted log for bug reports' },
  { flags: '-V, --version', summary: 'print the version' },
  { flags: '-h, --help', summary: 'show help; with a command, its options and examples' },
];

const statuses = [
  ['0', 'fine'],
  ['1', 'a check failed, or the action did not succeed'],
  ['2', 'wrong usage'],
  ['3', 'something outside is missing: an engine, an image, a profile'],
  ['4', 'another process holds the profile'],
  ['130', 'interrupted'],
] as const;

const variables = [
  ['CLAUDE_SETUP_HOME', 'where the settings are kept, instead of the place that the system has for them'],
  ['CLAUDE_SETUP_PROFILE', 'the profile that is meant when none is named'],
  ['CLAUDE_SETUP_PASSPHRASE_FILE', 'a file with the passphrase of sealed profiles'],
  ['CLAUDE_HUB_DIR', 'the directory of the profile dev, instead of the usual one'],
  ['CLAUDE_SETUP_REDUCED_MOTION', '1 keeps everything on the screen from moving by itself'],
  ['CLAUDE_SETUP_NO_BELL', '1 leaves out the bell at the end of long work'],
  ['CLAUDE_SETUP_DEBUG', '1 writes the redacted log, as \\-\\-debug does'],
  ['DOCKER_HOST', 'the engine to use'],
  ['NO_COLOR, FORCE_COLOR', 'no colour, or colour also where there is no terminal'],
] as const;

/** The manual page, of the same data as the help. */
export const manPage = async (version: string): Promise<string> => {
  const described = await Promise.all(
    commands.filter(({ hidden }) => !hidden).map(async (entry) => ({ ...entry, ...(await entry.load()) })),
  );
  return [
    '.\\" Made by scripts/build.js of the data of the commands; do not change it here.',
    `.TH CLAUDE\\-SETUP 1 "" "claude\\-setup ${troff(version)}" "User Commands"`,
    '.SH NAME',
    'claude\\-setup \\- sign the Claude CLI in once and hand the login to containers',
    '.SH SYNOPSIS',
    '.B claude\\-setup',
    '.RI [ options ]',
    '.RI [ command ]',
    '.SH DESCRIPTION',
    'Turns an interactive sign\\-in of the Claude CLI into credentials that containers can use, and keeps them alive.',
    'Alone it opens the wizard on first use, and later the dashboard.',
    'Results go to standard output, progress and errors to standard error.',
    '.SH OPTIONS',
    ...general.flatMap(option),
    '.SH COMMANDS',
    ...described.flatMap(command),
    '.SH EXIT STATUS',
    ...statuses.flatMap(([status, meaning]) => ['.TP', `.B ${status}`, `${troff(meaning)}.`]),
    '.SH ENVIRONMENT',
    ...variables.flatMap(([name, meaning]) => ['.TP', `.B ${troff(name)}`, `${meaning}.`]),
    '.SH SEE ALSO',
    '.BR docker (1),',
    'and README.md and docs/ in the directory of the package: guides, and troubleshooting with a heading for every finding and error.',
    '',
  ].join('\n');
};
