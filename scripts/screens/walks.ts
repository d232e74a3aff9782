import type { TerminalSize } from '../../src/ports/session.ts';

/** One thing that a person does, and what is to be seen afterwards. */
export interface Step {
  /** Bytes of keys; nothing for the first look. Each text of a list is a write of its own. */
  readonly press?: string | readonly string[];
  /** A text that shows that the screen is there. */
  readonly wait: string;
  /** The name of the picture, and what is on it; without one none is taken. */
  readonly picture?: readonly [name: string, title: string];
  /** Seconds that it stays in the animation; without it, it is not in it. */
  readonly animated?: number;
}

/** A way through the demo, from its start. */
export interface Walk {
  /** The screen that it begins with, none for the list; after `watch`, what is watched. */
  readonly args: readonly string[];
  readonly size: TerminalSize;
  /** What the played outside stands still at (see program.ts). */
  readonly hold?: string;
  readonly steps: readonly Step[];
}

const size = { columns: 100, rows: 30 };
const small = { columns: 80, rows: 24 };
const enter = '\r';
const [down, esc] = ['\x1b[B', '\x1b'];

/** Every picture, in the order that people come by. A further screen is a further step. */
export const walks: readonly Walk[] = [
  {
    args: [],
    size,
    steps: [
      { wait: 'What do you want to practise?', picture: ['demo', 'The list of what can be practised'] },
    ],
  },
  {
    args: ['wizard'],
    size,
    steps: [
      { wait: 'is running', picture: ['engine', 'The wizard found an engine'], animated: 2 },
      { press: enter, wait: 'Which login', picture: ['profile', 'Choosing a profile'], animated: 2 },
      { press: enter, wait: 'Where the login of dev is kept', animated: 1.5 },
      {
        press: enter,
        wait: 'not there yet',
        picture: ['image', 'Before the setup image is built'],
        animated: 1.5,
      },
      {
        press: enter,
        wait: 'How do you want to sign in?',
        picture: ['method', 'Ways to sign in'],
        animated: 2,
      },
      {
        press: enter,
        wait: 'Paste code here',
        picture: ['session', 'The sign-in, its link, and the checks beside it'],
        animated: 3,
      },
      { press: 'practice#code', wait: 'practice#code' },
      {
        press: enter,
        wait: 'The login works',
        picture: ['verify', 'The login was captured and checked'],
        animated: 2.5,
      },
      {
        press: enter,
        wait: 'without questions',
        picture: ['first-run', 'What would be written so that containers ask nothing'],
        animated: 2,
      },
      {
        press: enter,
        wait: 'You are done',
        picture: ['done', 'Who is signed in, and what to do next'],
        animated: 4,
      },
    ],
  },
  {
    args: ['wizard'],
    size,
    hold: 'build:9',
    steps: [
      { wait: 'is running' },
      { press: enter, wait: 'Which login' },
      { press: enter, wait: 'Where the login of dev is kept' },
      { press: enter, wait: 'not there yet' },
      { press: [enter, 'l'], wait: '0:03', picture: ['build', 'The setup image is being built'] },
    ],
  },
  {
    args: ['dashboard'],
    size,
    steps: [
      { wait: 'refresh due', picture: ['dashboard', 'Profiles and the health of their logins'] },
      {
        press: [down, 'c'],
        wait: 'The checks of staging',
        picture: ['checks', 'Every check of one profile'],
      },
      { press: esc, wait: 'refresh due' },
      {
        press: ['u', down, down, down, down],
        wait: '[Unit]',
        picture: ['export', 'What a profile needs elsewhere, to copy or write'],
      },
      { press: esc, wait: 'refresh due' },
      { press: 'o', wait: 'Esc back', picture: ['run', 'Running a command with a login'] },
      { press: esc, wait: 'refresh due' },
      { press: '?', wait: 'closes the help', picture: ['help', 'The keys of a screen'] },
    ],
  },
  {
    args: ['troubleshoot'],
    size: small,
    steps: [{ wait: '0 bytes', picture: ['troubleshoot', 'What is wrong, and how to mend it'] }],
  },
  {
    args: ['picker'],
    size,
    steps: [{ wait: 'refresh due', picture: ['picker', 'Picking the default profile'] }],
  },
  {
    // One profile: several are looked at at once, and come out in any order.
    args: ['watch', 'staging'],
    size: small,
    steps: [{ wait: 'was refreshed', picture: ['watch', 'Keeping logins fresh'] }],
  },
];
