// A scripted stand-in of the Claude CLI, for tests that need its behaviour and not its 380 MB. It behaves as
// observed of 2.1.330 (docs on the CLI: the project's reference notes); tokens are made up from the pasted code.
//
//   claude --version
//   claude auth login            line by line: URL, prompt, CODE#STATE, "Login successful.", exit 0
//   claude auth status           JSON and exit status by the files and the environment
//   claude setup-token           full screen: URL, prompt, then a long-lived token on the screen; deaf to Ctrl+C
//   claude [--dangerously-skip-permissions]   full-screen first run: theme, method, URL, notes, trust, prompt
//
// Files go to CLAUDE_CONFIG_DIR, else to ~/.claude and ~/.claude.json. Switches, from the environment
// (installStandIn in install.ts writes a `claude` that sets them, because the sandbox passes few variables on):
//   STAND_IN_VERSION=2.1.330     what --version says
//   STAND_IN_URL_FORM=a|b|c|d    a: one OSC 8 link; b: cut at the width, every line its own OSC 8 with one id;
//                                c: one plain line; d: plain, cut at the width, lines ended by CR CR LF
//                                (written as CR LF; the terminal adds a CR to every LF).
//                                Without it: a for `auth login`, b for the full-screen flows.
//   STAND_IN_MODE=               (empty) all goes well
//     exit-early                 ends with 1 before the URL; --version still answers
//     hang                       shows what it would show first (nothing for `auth status`) and then reacts to nothing
//     slow                       waits STAND_IN_DELAY_MS (default 300) before every step
//     refused                    the exchange is refused: "Couldn't log in: …", exit 1
//     empty-file | half-file | blanked   signs in, but .credentials.json has 0 bytes, half its text, emptied tokens
//     stay                       after a sign-in by `auth login` it stays until it is ended, as a dawdling CLI would
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { env, stdin, stdout } = process;
const mode = env.STAND_IN_MODE ?? '';
const delayMs = Number(env.STAND_IN_DELAY_MS ?? 300);
const configDir = env.CLAUDE_CONFIG_DIR || join(env.HOME, '.claude');
const stateFile = env.CLAUDE_CONFIG_DIR ? join(configDir, '.claude.json') : join(env.HOME, '.claude.json');
const credentialsFile = join(configDir, '.credentials.json');
const isRoot = process.getuid?.() === 0;

const digest = (text) => createHash('sha256').update(text).digest('hex');
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const step = () => (mode === 'slow' ? wait(delayMs) : undefined);
const say = (text) => stdout.write(text);
const forever = () => new Promise(() => setInterval(() => {}, 2 ** 30));
// `process.exit` alone can drop what a pipe has not taken yet.
const leave = (status) => new Promise(() => stdout.write('', () => process.exit(status)));

const url =
  'https://claude.com/cai/oauth/authorize?code=true&client_id=9d1c250a-e61b-44d9-88ed-5944d1962f5e&response_type=code' +
  '&redirect_uri=https%3A%2F%2Fplatform.claude.com%2Foauth%2Fcode%2Fcallback' +
  '&scope=org%3Acreate_api_key+user%3Aprofile+user%3Ainference+user%3Asessions%3Aclaude_code+user%3Amcp_servers' +
  '+user%3Afile_upload&code_challenge=Zk1wTESTchallengeTESTchallengeTESTchallenge0&code_challenge_method=S256' +
  '&state=TESTstateTESTstateTESTstateTESTstateTEST000';

const cut = (text, width) => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
const urlForms = {
  a: () => `\x1b]8;;${url}\x1b\\${url}\x1b]8;;\x1b\\\n`,
  b: (width) =>
    cut(url, width)
      .map((line) => `\x1b]8;id=st4nd1n;${url}\x07\x1b[38;5;153m${line}\x1b[39m\x1b]8;;\x07\n`)
      .join(''),
  c: () => `${url}\n`,
  d: (width) =>
    cut(url, width)
      .map((line) => `\x1b[38;5;153m${line}\x1b[39m\r\n`)
      .join(''),
};
const showUrl = (usual) => say(urlForms[env.STAND_IN_URL_FORM || usual](stdout.columns || 80));

const replaceFile = (path, text) => {
  const temporary = `${path}.tmp.${process.pid.toString(16)}`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
};

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
};

const writeLogin = (code) => {
  const blanked = mode === 'blanked';
  const credentials = {
    claudeAiOauth: {
      accessToken: blanked ? '' : `sk-ant-oat01-TEST${digest(`access ${code}`)}`,
      refreshToken: blanked ? '' : `sk-ant-ort01-TEST${digest(`refresh ${code}`)}`,
      expiresAt: blanked ? 0 : Date.now() + 8 * 3600_000,
      refreshTokenExpiresAt: Date.now() + 28 * 86_400_000,
      scopes: ['user:inference', 'user:profile', 'user:sessions:claude_code', 'user:mcp_servers'],
      subscriptionType: 'max',
      subscriptionTypeSource: 'profile',
      rateLimitTier: 'default_claude_max_20x',
      accountUuid: '11111111-1111-4111-8111-111111111111',
      organizationUuid: '22222222-2222-4222-8222-222222222222',
    },
  };
  const text = JSON.stringify(credentials);
  const texts = { 'empty-file': '', 'half-file': text.slice(0, text.length / 2) };
  mkdirSync(join(configDir, 'backups'), { recursive: true });
  replaceFile(credentialsFile, texts[mode] ?? text);
  const state = readJson(stateFile) ?? { numStartups: 1, userID: digest('stand-in') };
  const oauthAccount = {
    accountUuid: credentials.claudeAiOauth.accountUuid,
    emailAddress: 'tester@example.com',
    organizationUuid: credentials.claudeAiOauth.organizationUuid,
    organizationName: 'Test Organization',
    displayName: 'Tester',
  };
  replaceFile(stateFile, JSON.stringify({ ...state, oauthAccount }));
  writeFileSync(join(configDir, 'backups', `.claude.json.backup.${Date.now()}`), '{}', { mode: 0o600 });
};

/** What arrives on standard input, whole lines or single keys. */
const input = async function* () {
  stdin.setEncoding('utf8');
  for await (const chunk of stdin) yield chunk;
};

const authLogin = async () => {
  if (mode === 'exit-early') {
    say('Error: the configuration could not be read\n');
    return leave(1);
  }
  await step();
  say('Opening browser to sign in…\n');
  say("If the browser didn't open, visit: ");
  showUrl('a');
  say('\nPaste code here if prompted > ');
  if (mode === 'hang') return forever();
  let text = '';
  for await (const chunk of input()) {
    text += chunk;
    for (let end = text.search(/[\n]/); end !== -1; end = text.search(/[\n]/)) {
      const code = text.slice(0, end).trim();
      text = text.slice(end + 1);
      if (/^[^#\s]+#[^#\s]+$/.test(code)) return finishLogin(code);
      say('Invalid code. Please make sure the full code was copied\nPaste code here if prompted > ');
    }
  }
  return leave(1);
};

const finishLogin = async (code) => {
  say('Signing in…\n');
  await step();
  if (mode === 'refused') {
    say("Couldn't log in: Request failed with status code 400\n");
    return leave(1);
  }
  writeLogin(code);
  say('Login successful.\n');
  return mode === 'stay' ? forever() : leave(0);
};

const authStatus = async () => {
  if (mode === 'hang') return forever();
  await step();
  const login = readJson(credentialsFile)?.claudeAiOauth;
  const state = readJson(stateFile);
  const settings = readJson(join(configDir, 'settings.json'));
  const signedIn =
    typeof login?.accessToken === 'string' &&
    login.accessToken !== '' &&
    Array.isArray(login.scopes) &&
    login.scopes.includes('user:inference');
  // The first that applies wins, as the CLI ranks them.
  const methods = [
    [env.CLAUDE_CODE_OAUTH_TOKEN, 'oauth_token'],
    [env.ANTHROPIC_API_KEY, 'api_key'],
    [settings?.apiKeyHelper, 'api_key_helper'],
    [signedIn, 'claude.ai'],
  ];
  const authMethod = methods.find(([set]) => set)?.[1] ?? 'none';
  const account = signedIn && {
    email: state?.oauthAccount?.emailAddress ?? null,
    orgId: state?.oauthAccount?.organizationUuid ?? null,
    orgName: state?.oauthAccount?.organizationName ?? null,
    subscriptionType: login.subscriptionType ?? null,
    planTier: login.rateLimitTier ?? null,
    configDirectory: configDir,
    loginExpiresAt: login.refreshTokenExpiresAt ?? null,
  };
  const loggedIn = authMethod !== 'none';
  say(`${JSON.stringify({ loggedIn, authMethod, apiProvider: 'firstParty', ...account }, null, 2)}\n`);
  return leave(loggedIn ? 0 : 1);
};

const startQueries =
  '\x1b[>0q\x1b[?u\x1b[>5u\x1b[>4;2m\x1b[?1004h\x1b[?2004h\x1b[?2031h\x1b[?1000l\x1b[?1006l\x1b]11;?\x07\x1b[?25l';
const endModes = '\x1b[<u\x1b[>4m\x1b[?1004l\x1b[?2004l\x1b[?2031l\x1b[?25h';

// What answers the queries at the start, the marks around a paste, and focus reports.
const [escapeByte, bell] = ['\x1b', '\x07'];
const answers = new RegExp(
  `${escapeByte}(?:\\[[?>][\\d;$]*[a-zA-Z]|\\].*?(?:${bell}|${escapeByte}\\\\)|P.*?${escapeByte}\\\\|\\[20[01]~|\\[[IO])`,
  'gs',
);

/** Keys and pastes of a full-screen flow, without what answers the queries at the start. */
const keys = async function* () {
  stdin.setRawMode?.(true);
  for await (const chunk of input()) {
    const typed = chunk.replaceAll(answers, '');
    if (typed !== '') yield typed;
  }
};

const draw = (title, ...lines) => say(`\x1b[2J\x1b[H\x1b[1m${title}\x1b[22m\n\n${lines.join('\n')}\n`);

/** One screen after the other; each is left by `next`, which gets what was typed and says true when done. */
const fullScreen = async (screens, { interruptible }) => {
  if (mode === 'exit-early') {
    say('Unable to connect to Anthropic services\n');
    return leave(1);
  }
  say(startQueries);
  await step();
  let index = 0;
  let lastInterrupt = 0;
  screens[0].show();
  if (mode === 'hang') return forever();
  for await (const typed of keys()) {
    if (typed.includes('\x03')) {
      const twice = Date.now() - lastInterrupt < 500;
      lastInterrupt = Date.now();
      if (!interruptible || !twice) continue;
      say(endModes);
      return leave(1);
    }
    const outcome = await screens[index].next(typed);
    if (outcome === undefined) continue;
    if (typeof outcome === 'number') {
      say(endModes);
      return leave(outcome);
    }
    index += 1;
    await step();
    screens[index].show();
  }
  return leave(1);
};

const enter = (typed) => (typed.includes('\r') ? true : undefined);

const signInScreen = (accept) => {
  let text = '';
  return {
    show: () => {
      draw('Browser\x1b[9Gdidn\x27t\x1b[16Gopen?\x1b[22GUse the url below to sign in (c to copy)');
      showUrl('b');
      say('\n\x1b[8GPaste\x1b[14Gcode\x1b[19Ghere\x1b[24Gif\x1b[27Gprompted\x1b[36G> ');
    },
    next: (typed) => {
      text += typed;
      const end = text.indexOf('\r');
      if (end === -1) return undefined;
      const code = text.slice(0, end).trim();
      text = '';
      if (!/^[^#\s]+#[^#\s]+$/.test(code)) {
        say('\nInvalid code. Please make sure the full code was copied\n');
        return undefined;
      }
      if (mode === 'refused') {
        say("\nCouldn't log in: Request failed with status code 400\n");
        return 1;
      }
      return accept(code);
    },
  };
};

const firstRun = () => {
  if (process.argv.includes('--dangerously-skip-permissions') && isRoot) {
    process.stderr.write(
      '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons\n',
    );
    return leave(1);
  }
  let trusted = false;
  const page = (title, ...lines) => ({ show: () => draw(title, ...lines), next: enter });
  const signedIn = readJson(credentialsFile)?.claudeAiOauth?.accessToken;
  const screens = [
    page('Choose the text style that looks best with your terminal', '> 1. Auto', '  2. Dark mode'),
    ...(signedIn
      ? []
      : [
          page('Select login method:', '> 1. Claude account with subscription', '  2. Anthropic Console'),
          signInScreen((code) => {
            writeLogin(code);
            return true;
          }),
          page('Login successful. Press Enter to continue'),
        ]),
    page('Security notes:', 'Press Enter to continue'),
    {
      show: () => draw('Do you trust the files in this folder?', '  1. Yes, proceed', '> 2. No, exit'),
      next: (typed) => {
        if (typed.includes('\x1b[A') || typed.includes('1')) trusted = true;
        if (!typed.includes('\r') && !typed.includes('1')) return undefined;
        if (!trusted) return 1;
        replaceFile(stateFile, JSON.stringify({ ...readJson(stateFile), hasCompletedOnboarding: true }));
        return true;
      },
    },
    {
      show: () => draw('>', '', '? for shortcuts'),
      next: (typed) => (typed.includes('/exit') ? 0 : undefined),
    },
  ];
  return fullScreen(screens, { interruptible: true });
};

const setupToken = () => {
  const screen = signInScreen((code) => {
    const token = `sk-ant-oat01-TEST${digest(`long ${code}`)}${digest(`lived ${code}`).slice(0, 30)}`;
    draw(
      '\x1b[32mLong-lived authentication token created successfully!\x1b[39m',
      '',
      'Your OAuth token (valid for 1 year):',
      '',
    );
    say(
      cut(token, stdout.columns || 80)
        .map((line) => `\x1b[33m${line}\x1b[39m\n`)
        .join(''),
    );
    say('\nStore this token securely. Use it by setting: export CLAUDE_CODE_OAUTH_TOKEN=<token>\n');
    return 0;
  });
  return fullScreen([screen], { interruptible: false });
};

/** A question to a model that does not exist. */
const print = async () => {
  if (mode === 'hang') return forever();
  say('There is an issue with the selected model. It may not exist or you may not have access to it.\n');
  return leave(1);
};

const args = process.argv.slice(2).join(' ');
const commands = [
  [/^(--version|-v)$/, () => leave(say(`${env.STAND_IN_VERSION ?? '2.1.330'} (Claude Code)\n`) ? 0 : 0)],
  [/^auth login\b/, authLogin],
  [/^auth status\b/, authStatus],
  [/^-p\b/, print],
  [/^setup-token$/, setupToken],
  [/^(--dangerously-skip-permissions)?$/, firstRun],
];
const command = commands.find(([pattern]) => pattern.test(args));
if (command === undefined) {
  process.stderr.write(`error: unknown command '${args}'\n`);
  process.exitCode = 1;
} else {
  for (const [name, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ]) {
    process.on(name, () => process.exit(status));
  }
  await command[1]();
}
