import { fail } from '../domain/failure.ts';
import type { Practice } from '../ports/practice.ts';
import type { Start } from '../tui/run-tui.tsx';
import { usualMarginMs } from '../usecases/refresh.ts';
import { type Command, textOption } from './command.ts';
import { printFailure, printLines } from './io.ts';
import { openScreens } from './open-screens.ts';

type Rooms = Extract<Start, { readonly screen: 'practice' }>['rooms'];

const roomsOf = ({ fresh, livedIn }: Practice, watched: readonly string[]): Rooms => [
  {
    label: 'The first sign-in',
    detail: 'from nothing to a login: image, link, code',
    ports: fresh,
    start: { screen: 'wizard', profile: null, runtime: null },
  },
  {
    label: 'Your profiles',
    detail: 'several logins in different health',
    ports: livedIn,
    start: { screen: 'dashboard' },
  },
  {
    label: 'Something is broken',
    detail: 'a login file that was emptied: find out and mend it',
    ports: livedIn,
    start: { screen: 'troubleshoot', profile: 'broken', failure: null },
  },
  {
    label: 'Kept fresh',
    detail: 'logins refreshed before they end',
    ports: livedIn,
    start: { screen: 'watch', input: { ...watching, names: watched } },
  },
  {
    label: 'The default',
    detail: 'picking the profile that is meant when none is named',
    ports: livedIn,
    start: { screen: 'picker' },
  },
];

const watching = {
  marginMs: usualMarginMs,
  intervalMs: 5 * 60_000,
  seed: null,
  onChange: null,
  metricsFile: null,
};

/** The practice with that screen open, or with the list of what there is; `watched` names the profiles to watch, all when empty. */
export const practiceStart = (
  practice: Practice,
  screen: string | null,
  watched: readonly string[] = [],
): Start => {
  const rooms = roomsOf(practice, watched);
  return { screen: 'practice', rooms, entered: rooms.find(({ start }) => start.screen === screen) ?? null };
};

const screens = ['wizard', 'dashboard', 'troubleshoot', 'watch', 'picker'] as const;

/** `claude-setup demo`: the real screens and use cases in a temporary folder, with everything outside played. */
export const demoCommand: Command = {
  options: [{ flags: '--screen <screen>', summary: 'begin there instead of at the list', choices: screens }],
  examples: ['claude-setup demo', 'claude-setup demo --screen troubleshoot'],
  run: async (invocation) => {
    const { io } = invocation;
    if (!io.interactive) return printFailure(io, needsTerminal.failure);
    const practice = await invocation.openPractice();
    try {
      const start = practiceStart(practice, textOption(invocation, 'screen'));
      // The terminal is the real one, the machine is not.
      const status = await openScreens({ ...invocation, ports: practice.fresh }, start);
      printLines(io, ['The practice is over, and nothing of it was kept. For real: claude-setup login']);
      return status;
    } finally {
      await practice.close();
    }
  },
};

const needsTerminal = fail(
  'usage',
  'There is nothing to see here',
  'the practice is made of screens, and this is no terminal',
  'start claude-setup demo in a terminal',
);
