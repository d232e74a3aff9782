import { fullScreenSignIn, setupToken } from './full-screen.ts';
import { issueLogin, looksLikeCode, type Modes, signInUrl } from './issuer.ts';

/** What the stand-in of the Claude CLI has around it: a terminal, the files of its config directory, and time. */
export interface CliStage {
  /** Of the terminal; 80 without one. */
  columns(): number;
  say(text: string): void;
  complain(text: string): void;
  /** What is typed: lines, or single keys once `raw` was called. Ends with the terminal. */
  input(): AsyncIterable<string>;
  raw(): void;
  /** By name relative to the config directory; null when it is not there. */
  read(file: CliFile): string | null;
  /** Replaces a file, 0600. */
  write(file: CliFile | `backups/${string}`, content: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly configDir: string;
  /** Whether it runs as root, where the CLI refuses to skip permissions. */
  readonly isRoot: boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets so much time pass before the next step. */
  pause(milliseconds: number): Promise<void>;
}

export type CliFile = '.credentials.json' | '.claude.json' | 'settings.json';

export interface CliScript {
  readonly version: string;
  readonly mode: Modes;
  /** How the link is written; null for the way of the command (see `writeUrl`). */
  readonly urlForm: UrlForm | null;
  /** Said where a code is asked for: what to type, since there is no browser. */
  readonly hint: readonly string[];
  /** Between two steps, in milliseconds. */
  readonly stepMs: number;
  readonly email: string;
  readonly organization: string;
}

/**
 * `a`: one OSC 8 link; `b`: cut at the width, every line its own OSC 8 with one id; `c`: one plain line; `d`: plain, cut
 * at the width, lines ended by CR CR LF (written as CR LF; the terminal adds a CR to every LF).
 */
export type UrlForm = 'a' | 'b' | 'c' | 'd';

/** Everything a command needs. */
export interface Play {
  readonly stage: CliStage;
  readonly script: CliScript;
}

/**
 * A scripted stand-in of the Claude CLI, which behaves as was observed of 2.1.330; its tokens are made up from the code.
 * Gives the exit status.
 */
export const playClaude = async (play: Play, args: readonly string[]): Promise<number> => {
  const line = args.join(' ');
  const found = commands.find(([pattern]) => pattern.test(line));
  if (found !== undefined) return found[1](play, args);
  play.stage.complain(`error: unknown command '${line}'\n`);
  return 1;
};

const version = async ({ stage, script }: Play): Promise<number> => {
  stage.say(`${script.version} (Claude Code)\n`);
  return 0;
};

/** Never resolves. */
export const forever = (): Promise<never> => new Promise(() => {});

export const step = ({ stage, script }: Play): Promise<void> =>
  script.stepMs > 0 ? stage.pause(script.stepMs) : Promise.resolve();

export const cut = (text: string, width: number): readonly string[] =>
  text.match(new RegExp(`.{1,${Math.max(1, width)}}`, 'g')) ?? [];

const urlForms: Record<UrlForm, (url: string, width: number) => string> = {
  a: (url) => `\x1b]8;;${url}\x1b\\${url}\x1b]8;;\x1b\\\n`,
  b: (url, width) =>
    cut(url, width)
      .map((line) => `\x1b]8;id=st4nd1n;${url}\x07\x1b[38;5;153m${line}\x1b[39m\x1b]8;;\x07\n`)
      .join(''),
  c: (url) => `${url}\n`,
  d: (url, width) =>
    cut(url, width)
      .map((line) => `\x1b[38;5;153m${line}\x1b[39m\r\n`)
      .join(''),
};

export const writeUrl = ({ stage, script }: Play, usual: UrlForm): void =>
  stage.say(urlForms[script.urlForm ?? usual](signInUrl, stage.columns()));

/** Line by line: link, prompt, code, "Login successful.", exit 0. */
const authLogin = async (play: Play): Promise<number> => {
  const { stage, script } = play;
  if (script.mode === 'exit-early') {
    stage.say('Error: the configuration could not be read\n');
    return 1;
  }
  await step(play);
  stage.say('Opening browser to sign in…\n');
  stage.say("If the browser didn't open, visit: ");
  writeUrl(play, 'a');
  for (const line of script.hint) stage.say(`\n${line}`);
  stage.say('\nPaste code here if prompted > ');
  if (script.mode === 'hang') return forever();
  for await (const line of linesOf(stage.input())) {
    const code = line.trim();
    if (looksLikeCode(code)) return finishLogin(play, code);
    stage.say('Invalid code. Please make sure the full code was copied\nPaste code here if prompted > ');
  }
  return 1;
};

const finishLogin = async (play: Play, code: string): Promise<number> => {
  const { stage, script } = play;
  stage.say('Signing in…\n');
  await step(play);
  if (script.mode === 'refused') {
    stage.say("Couldn't log in: Request failed with status code 400\n");
    return 1;
  }
  writeLogin(play, code);
  stage.say('Login successful.\n');
  return script.mode === 'stay' ? forever() : 0;
};

/** Writes what a sign-in leaves: the login, who it is, and a backup. */
export const writeLogin = ({ stage, script }: Play, code: string): void => {
  const { credentials, account, userId } = issueLogin(code, script, stage.now());
  const text = JSON.stringify(credentials);
  const damaged = { 'empty-file': '', 'half-file': text.slice(0, text.length / 2) };
  stage.write('.credentials.json', damaged[script.mode as keyof typeof damaged] ?? text);
  const state = readJson(stage, '.claude.json') ?? { numStartups: 1, userID: userId };
  stage.write('.claude.json', JSON.stringify({ ...state, oauthAccount: account }));
  stage.write(`backups/.claude.json.backup.${stage.now()}`, '{}');
};

type Json = Readonly<Record<string, unknown>>;

export const readJson = (stage: CliStage, file: CliFile): Json | null => {
  try {
    const json: unknown = JSON.parse(stage.read(file) ?? '');
    return objectOf(json);
  } catch {
    return null;
  }
};

const objectOf = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null ? (value as Json) : null;

const authStatus = async (play: Play): Promise<number> => {
  const { stage, script } = play;
  if (script.mode === 'hang') return forever();
  await step(play);
  const login = objectOf(readJson(stage, '.credentials.json')?.claudeAiOauth);
  const state = objectOf(readJson(stage, '.claude.json')?.oauthAccount);
  const signedIn =
    typeof login?.accessToken === 'string' &&
    login.accessToken !== '' &&
    Array.isArray(login.scopes) &&
    login.scopes.includes('user:inference');
  // The first that applies wins, as the CLI ranks them.
  const methods: readonly (readonly [unknown, string])[] = [
    [stage.env.CLAUDE_CODE_OAUTH_TOKEN, 'oauth_token'],
    [stage.env.ANTHROPIC_API_KEY, 'api_key'],
    [readJson(stage, 'settings.json')?.apiKeyHelper, 'api_key_helper'],
    [signedIn, 'claude.ai'],
  ];
  const authMethod = methods.find(([set]) => set)?.[1] ?? 'none';
  const account = signedIn && {
    email: state?.emailAddress ?? null,
    orgId: state?.organizationUuid ?? null,
    orgName: state?.organizationName ?? null,
    subscriptionType: login.subscriptionType ?? null,
    planTier: login.rateLimitTier ?? null,
    configDirectory: stage.configDir,
    loginExpiresAt: login.refreshTokenExpiresAt ?? null,
  };
  const loggedIn = authMethod !== 'none';
  stage.say(`${JSON.stringify({ loggedIn, authMethod, apiProvider: 'firstParty', ...account }, null, 2)}\n`);
  return loggedIn ? 0 : 1;
};

/** One question. To a model that does not exist, as all those are that name one here, the CLI answers without thinking. */
const print = async ({ stage, script }: Play, args: readonly string[]): Promise<number> => {
  if (script.mode === 'hang') return forever();
  if (!args.includes('--model')) {
    stage.say('Here Claude would answer.\n');
    return 0;
  }
  stage.say(
    'There is an issue with the selected model. It may not exist or you may not have access to it.\n',
  );
  return 1;
};

/** Whole lines, without what ends them. */
export async function* linesOf(input: AsyncIterable<string>): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of input) {
    text += chunk;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

const commands: readonly (readonly [RegExp, (play: Play, args: readonly string[]) => Promise<number>])[] = [
  [/^(--version|-v)$/, version],
  [/^auth login\b/, authLogin],
  [/^auth status\b/, authStatus],
  [/^-p\b/, print],
  [/^setup-token$/, setupToken],
  [/^(--dangerously-skip-permissions)?$/, fullScreenSignIn],
];
