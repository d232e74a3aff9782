import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { ok } from '../../domain/failure.ts';
import { watchStates } from '../../domain/watch/state.ts';
import type { HookMemory } from '../../ports/hook-memory.ts';
import { settingsFailure } from './settings-failure.ts';

const schema = z.object({
  state: z.enum(watchStates),
  expiresAt: z.nullable(z.number()),
  loginExpiresAt: z.nullable(z.number()),
});

/** One small file for each profile and command, `hooks/PROFILE.HASH.json` in the settings home. */
export const createHookMemory = ({ home }: { readonly home: string }): HookMemory => {
  const folder = join(home, 'hooks');
  const file = (profile: string, command: string): string => {
    const hash = createHash('sha256').update(command).digest('hex').slice(0, 16);
    return join(folder, `${profile}.${hash}.json`);
  };
  return {
    async recall(profile, command) {
      try {
        const read = schema.safeParse(JSON.parse(await readFile(file(profile, command), 'utf8')));
        return read.success ? read.data : null;
      } catch {
        return null;
      }
    },
    async keep(profile, command, told) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const draft = `${file(profile, command)}.${randomUUID()}`;
        await writeFile(draft, JSON.stringify(told), { mode: 0o600 });
        await rename(draft, file(profile, command));
        return ok(undefined);
      } catch (error) {
        return settingsFailure('It was not noted what the command of --on-change was told', home, error);
      }
    },
  };
};
