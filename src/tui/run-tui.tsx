import { render } from 'ink';
import { wantsScreenReader, wantsUnicode } from '../domain/terminal-look.ts';
import type { Ports } from '../ports/ports.ts';
import { App, type Start } from './app.tsx';
import type { Outcome } from './chrome.ts';
import { asciiStdout } from './terminal/ascii-stdout.ts';
import { createKeyboard } from './terminal/keyboard.ts';

export type { Start } from './app.tsx';

export interface TuiInput {
  readonly ports: Ports;
  readonly start: Start;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the program is asked to end (SIGHUP, SIGTERM): work is stopped, cleaned up, the terminal restored. */
  readonly signal: AbortSignal;
}

export interface TuiEnd {
  readonly outcome: Outcome;
  /** The profile the wizard was about, once it existed. */
  readonly profile: string | null;
  /** 0 when completed, 130 after Ctrl+C, else 1. */
  readonly exitStatus: 0 | 1 | 130;
}

const exitStatuses: Readonly<Record<Outcome, 0 | 1>> = { completed: 0, aborted: 1, failed: 1 };

/**
 * Draws the screens until the person leaves. The terminal is as before when it resolves. Rejects on a bug, after the
 * terminal was restored.
 */
export const runTui = async ({
  ports,
  start,
  stdin,
  stdout,
  stderr,
  env,
  signal,
}: TuiInput): Promise<TuiEnd> => {
  const { promise: left, resolve } = Promise.withResolvers<TuiEnd>();
  const keyboard = createKeyboard(stdin);
  // Every text that wraps listens for the terminal's size; past ten Node would write a warning over the screen.
  const listenersBefore = stdout.getMaxListeners();
  stdout.setMaxListeners(0);
  const instance = render(
    <App
      ports={ports}
      keyboard={keyboard}
      start={start}
      env={env}
      ending={signal}
      onLeave={({ outcome, interrupted }, profile) =>
        resolve({ outcome, profile, exitStatus: interrupted ? 130 : exitStatuses[outcome] })
      }
    />,
    {
      stdin: keyboard.stdin,
      stdout: wantsUnicode(env) ? stdout : asciiStdout(stdout),
      stderr,
      exitOnCtrlC: false,
      // Only opened where a person sits at both ends; Ink would take a CI variable in the environment for a no.
      interactive: true,
      isScreenReaderEnabled: wantsScreenReader(env),
      alternateScreen: true,
      incrementalRendering: true,
      maxFps: 30,
    },
  );
  // A screen that throws makes Ink leave by itself; that end is the error, never a result.
  const broken = instance
    .waitUntilExit()
    .then((): TuiEnd => ({ outcome: 'failed', profile: null, exitStatus: 1 }));
  const end = await Promise.race([left, broken]);
  instance.unmount();
  await instance.waitUntilExit();
  keyboard.close();
  stdout.setMaxListeners(listenersBefore);
  return end;
};
