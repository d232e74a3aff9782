import {
  type CliStage,
  cut,
  forever,
  type Play,
  readJson,
  step,
  writeLogin,
  writeUrl,
} from './claude-cli.ts';
import { issueLongLived, looksLikeCode } from './issuer.ts';

const startQueries =
  '\x1b[>0q\x1b[?u\x1b[>5u\x1b[>4;2m\x1b[?1004h\x1b[?2004h\x1b[?2031h\x1b[?1000l\x1b[?1006l\x1b]11;?\x07\x1b[?25l';
const endModes = '\x1b[<u\x1b[>4m\x1b[?1004l\x1b[?2004l\x1b[?2031l\x1b[?25h';

// What answers the queries at the start, the marks around a paste, and focus reports.
const [escapeByte, bell] = ['\x1b', '\x07'];
const answers = new RegExp(
  `${escapeByte}(?:\\[[?>][\\d;$]*[a-zA-Z]|\\].*?(?:${bell}|${escapeByte}\\\\)|P.*?${escapeByte}\\\\|\\[20[01]~|\\[[IO])`,
  'gs',
);

/** One screen of a flow. `next` gets what was typed: true goes on, a number ends with that status. */
interface FlowScreen {
  readonly show: () => void;
  readonly next: (typed: string) => true | number | undefined;
}

/** Keys and pastes, without what answers the queries at the start. */
async function* keysOf(stage: CliStage): AsyncGenerator<string> {
  stage.raw();
  for await (const chunk of stage.input()) {
    const typed = chunk.replaceAll(answers, '');
    if (typed !== '') yield typed;
  }
}

const draw = ({ stage }: Play, title: string, ...lines: readonly string[]): void =>
  stage.say(`\x1b[2J\x1b[H\x1b[1m${title}\x1b[22m\n\n${lines.join('\n')}\n`);

/** One screen after the other. Twice Ctrl+C within half a second ends an interruptible flow. */
const flow = async (
  play: Play,
  screens: readonly FlowScreen[],
  { interruptible }: { readonly interruptible: boolean },
): Promise<number> => {
  const { stage, script } = play;
  if (script.mode === 'exit-early') {
    stage.say('Unable to connect to Anthropic services\n');
    return 1;
  }
  stage.say(startQueries);
  await step(play);
  let index = 0;
  let lastInterrupt = 0;
  screens[0]?.show();
  if (script.mode === 'hang') return forever();
  for await (const typed of keysOf(stage)) {
    if (typed.includes('\x03')) {
      const twice = stage.now() - lastInterrupt < 500;
      lastInterrupt = stage.now();
      if (!interruptible || !twice) continue;
      stage.say(endModes);
      return 1;
    }
    const outcome = screens[index]?.next(typed);
    if (outcome === undefined) continue;
    if (typeof outcome === 'number') {
      stage.say(endModes);
      return outcome;
    }
    index += 1;
    await step(play);
    screens[index]?.show();
  }
  return 1;
};

const signInScreen = (play: Play, accept: (code: string) => true | number): FlowScreen => {
  const { stage, script } = play;
  let text = '';
  return {
    show: () => {
      draw(play, 'Browser\x1b[9Gdidn\x27t\x1b[16Gopen?\x1b[22GUse the url below to sign in (c to copy)');
      writeUrl(play, 'b');
      for (const line of script.hint) stage.say(`\n${line}`);
      stage.say('\n\x1b[8GPaste\x1b[14Gcode\x1b[19Ghere\x1b[24Gif\x1b[27Gprompted\x1b[36G> ');
    },
    next: (typed) => {
      text += typed;
      const end = text.indexOf('\r');
      if (end === -1) return undefined;
      const code = text.slice(0, end).trim();
      text = '';
      if (!looksLikeCode(code)) {
        stage.say('\nInvalid code. Please make sure the full code was copied\n');
        return undefined;
      }
      if (script.mode === 'refused') {
        stage.say("\nCouldn't log in: Request failed with status code 400\n");
        return 1;
      }
      return accept(code);
    },
  };
};

/** Full-screen first run: theme, method, link, notes, trust, prompt. */
export const fullScreenSignIn = async (play: Play, args: readonly string[]): Promise<number> => {
  const { stage } = play;
  if (stage.isRoot && args.includes('--dangerously-skip-permissions')) {
    stage.complain(
      '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons\n',
    );
    return 1;
  }
  let trusted = false;
  const page = (title: string, ...lines: readonly string[]): FlowScreen => ({
    show: () => draw(play, title, ...lines),
    next: (typed) => (typed.includes('\r') ? true : undefined),
  });
  const oauth = readJson(stage, '.credentials.json')?.claudeAiOauth as { accessToken?: string } | undefined;
  const signIn = [
    page('Select login method:', '> 1. Claude account with subscription', '  2. Anthropic Console'),
    signInScreen(play, (code) => {
      writeLogin(play, code);
      return true;
    }),
    page('Login successful. Press Enter to continue'),
  ];
  return flow(
    play,
    [
      page('Choose the text style that looks best with your terminal', '> 1. Auto', '  2. Dark mode'),
      ...(oauth?.accessToken ? [] : signIn),
      page('Security notes:', 'Press Enter to continue'),
      {
        show: () =>
          draw(play, 'Do you trust the files in this folder?', '  1. Yes, proceed', '> 2. No, exit'),
        next: (typed) => {
          if (typed.includes('\x1b[A') || typed.includes('1')) trusted = true;
          if (!typed.includes('\r') && !typed.includes('1')) return undefined;
          if (!trusted) return 1;
          const state = { ...readJson(stage, '.claude.json'), hasCompletedOnboarding: true };
          stage.write('.claude.json', JSON.stringify(state));
          return true;
        },
      },
      {
        show: () => draw(play, '>', '', '? for shortcuts'),
        next: (typed) => (typed.includes('/exit') ? 0 : undefined),
      },
    ],
    { interruptible: true },
  );
};

/** Full screen: link, prompt, then a long-lived token on the screen; deaf to Ctrl+C. */
export const setupToken = (play: Play): Promise<number> => {
  const { stage } = play;
  const screen = signInScreen(play, (code) => {
    draw(
      play,
      '\x1b[32mLong-lived authentication token created successfully!\x1b[39m',
      '',
      'Your OAuth token (valid for 1 year):',
      '',
    );
    const lines = cut(issueLongLived(code), stage.columns());
    stage.say(lines.map((line) => `\x1b[33m${line}\x1b[39m\n`).join(''));
    stage.say('\nStore this token securely. Use it by setting: export CLAUDE_CODE_OAUTH_TOKEN=<token>\n');
    return 0;
  });
  return flow(play, [screen], { interruptible: false });
};
