import { mkdir, writeFile } from 'node:fs/promises';
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
