import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { IssuerControl } from '../support/issuer/issuer.ts';
import type { Tmux } from '../support/tmux.ts';

/** Where whole screens of a run are kept for people to look at; nowhere unless CLAUDE_SETUP_TEST_FRAMES says where. */
const framesFolder = process.env.CLAUDE_SETUP_TEST_FRAMES;

export const keepFrame = async (name: string, screen: string): Promise<void> => {
  if (!framesFolder) return;
  await mkdir(framesFolder, { recursive: true });
  await writeFile(`${framesFolder}/${name}.txt`, screen);
};

/** Takes what each step offers, once, until the screen shows what is wanted. */
export const walkTo = async (terminal: Tmux, wanted: RegExp): Promise<void> => {
  for (;;) {
    const screen = await terminal.waitFor((now) => wanted.test(now) || /Enter \w+/.test(now), 300_000);
    if (wanted.test(screen)) return;
    await terminal.keys('Enter');
    // A spinner or a clock changes the screen too: only another step or title says that the key was taken.
    await terminal.waitFor((now) => wanted.test(now) || headOf(now) !== headOf(screen), 300_000);
  }
};

/** The steps and the title. */
const headOf = (screen: string): string => screen.split('\n').slice(1, 4).join('\n');

/** Copies the link by its key and signs in with it, as a person with a browser does; pastes the code into the pane. */
export const signInByBrowser = async (
  terminal: Tmux,
  issuer: IssuerControl,
  /** Called when the code has been typed, before Enter can be answered. */
  beforeEnter: () => void = () => undefined,
): Promise<void> => {
  await terminal.waitFor('Sign-in link ready', 60_000);
  await terminal.waitFor('Paste code here');
  await terminal.keys('C-]');
  await terminal.waitFor('c copy');
  await terminal.keys('c');
  await terminal.waitFor(/link was (?:copied|sent)/);
  const link = await terminal.clipboard();
  expect(link).toMatch(/^https:\/\/claude\.(?:ai|com)\/\S+$/);
  const code = await issuer.authorize(link);
  await terminal.paste(code);
  await terminal.waitFor(code.slice(0, 12));
  await terminal.keys('Enter');
  beforeEnter();
};

/**
 * Looks again and again at the arguments and the environment of every process of this machine, those in containers among
 * them; the function ends that and gives everything that was seen, each once.
 */
export const watchProcesses = (): (() => Promise<ReadonlySet<string>>) => {
  const seen = new Set<string>();
  const stop = new AbortController();
  const look = async (): Promise<void> => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const files = pids.flatMap((pid) => [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
    // A process may end while it is looked at.
    for (const text of await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => ''))))
      seen.add(text);
  };
  const watching = (async () => {
    while (!stop.signal.aborted) {
      await look();
      await wait(200, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stop.abort();
    await watching;
    return seen;
  };
};
