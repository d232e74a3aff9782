import { join } from 'node:path';
import { systemClock } from './adapters/host/clock.ts';
import type { Pace } from './adapters/practice/pace.ts';
import { openPracticeFolder, openRoom } from './adapters/practice/practice-folder.ts';
import { createPracticeKeyring } from './adapters/practice/practice-keyring.ts';
import { practiceHome, practicePorts, terminalEnvironment } from './adapters/practice/practice-ports.ts';
import { addComposeProject, addPracticeProfiles } from './adapters/practice/practice-profiles.ts';
import { createPorts } from './compose.ts';
import type { Clock } from './ports/clock.ts';
import type { Ports } from './ports/ports.ts';
import type { Practice } from './ports/practice.ts';

export interface PracticeInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly pace: Pace;
}

/** A pace at which people can follow. */
export const livelyPace: Pace = (_of, milliseconds, signal) =>
  systemClock.wait(milliseconds, signal).catch(() => undefined);

/** Puts the worlds of `claude-setup demo` together. */
export const openPractice = async ({ env, clock, pace }: PracticeInput): Promise<Practice> => {
  const folder = await openPracticeFolder();
  const world = async (name: string, withImage: boolean): Promise<{ ports: Ports; root: string }> => {
    const root = await openRoom(folder, name, practiceHome);
    const real = createPorts({
      env: {
        ...terminalEnvironment(env),
        HOME: join(root, practiceHome),
        CLAUDE_SETUP_HOME: join(root, practiceHome, '.config', 'claude-setup'),
      },
      platform: 'linux',
      clock,
      keyring: createPracticeKeyring(),
    });
    return { ports: await practicePorts({ real, root, clock, pace, withImage }), root };
  };
  try {
    const fresh = await world('fresh', false);
    const livedIn = await world('lived-in', true);
    await addPracticeProfiles(livedIn.ports, livedIn.root);
    await addComposeProject(livedIn.root, practiceHome);
    return { fresh: fresh.ports, livedIn: livedIn.ports, close: folder.remove };
  } catch (error) {
    await folder.remove();
    throw error;
  }
};
