import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.js';
import { type Frame, toAnimation, toSvg } from './svg.ts';
import { openDrivenTerminal } from './terminal.ts';
import { type Walk, walks } from './walks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the pictures are kept. */
export const picturesFolder = join(root, 'docs', 'screens');

/** Goes every way through the demo in real terminals. Gives each file's content by its name. */
export const renderScreens = async (): Promise<ReadonlyMap<string, string>> => {
  const folder = await mkdtemp(join(tmpdir(), 'claude-setup-pictures-'));
  try {
    await bundle(fileURLToPath(new URL('program.ts', import.meta.url)), folder);
    // What is not bundled is found from there.
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const files = new Map<string, string>();
    // Two at a time: more on a small machine would only wait for each other.
    const waiting = [...walks];
    const walkOn = async () => {
      for (let walk = waiting.shift(); walk !== undefined; walk = waiting.shift())
        for (const [name, content] of await renderWalk(walk, folder)) files.set(name, content);
    };
    await Promise.all([walkOn(), walkOn()]);
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const renderWalk = async (
  { args, size, hold, steps }: Walk,
  folder: string,
): Promise<readonly (readonly [string, string])[]> => {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    TMPDIR: folder,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...(hold !== undefined && { PICTURES_HOLD: hold }),
  };
  const terminal = await openDrivenTerminal([join(folder, 'program.js'), ...args], env, folder, size);
  const files: (readonly [string, string])[] = [];
  const frames: Frame[] = [];
  try {
    for (const { press = [], wait, picture, animated } of steps) {
      for (const keys of typeof press === 'string' ? [press] : press) {
        terminal.write(keys);
        // One by one, as a person types: two at once can be taken for a paste.
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      const shown = { rows: await terminal.settled(wait), columns: size.columns };
      if (picture !== undefined) files.push([`${picture[0]}.svg`, toSvg(shown, picture[1])]);
      if (animated !== undefined) frames.push({ ...shown, seconds: animated });
    }
  } finally {
    await terminal.close();
  }
  if (frames.length > 0) files.push(['sign-in.svg', toAnimation(frames, 'The first sign-in, step by step')]);
  return files;
};
