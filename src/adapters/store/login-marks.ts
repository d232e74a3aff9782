import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { fail, ok } from '../../domain/failure.ts';
import type { LoginMarks } from '../../ports/login-marks.ts';
import { settingsFailure } from './settings-failure.ts';

const schema = z.object({ refused: z.object({ login: z.string(), at: z.number() }) });

/** One small file for each profile, `state/PROFILE.json` in the settings home. */
export const createLoginMarks = ({ home }: { readonly home: string }): LoginMarks => {
  const folder = join(home, 'state');
  const file = (profile: string): string => join(folder, `${profile}.json`);
  /** One name for all: it is written under the profile's lock, and what a killed process left is written over. */
  const draftOf = (profile: string): string => `${file(profile)}.new`;
  return {
    async refused(profile) {
      try {
        const read = schema.safeParse(JSON.parse(await readFile(file(profile), 'utf8')));
        return read.success ? read.data.refused : null;
      } catch {
        return null;
      }
    },
    async markRefused(profile, refused) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const draft = draftOf(profile);
        await writeFile(draft, JSON.stringify({ refused }), { mode: 0o600, flush: true });
        await rename(draft, file(profile));
        return ok(undefined);
      } catch (error) {
        const why = String((error as Error).message);
        return fail('disk.error', 'It was not noted that a sign-in is due', why, 'free some space');
      }
    },
    async forget(profile) {
      try {
        for (const path of [file(profile), draftOf(profile)]) await rm(path, { force: true });
        return ok(undefined);
      } catch (error) {
        return settingsFailure('What was noted about a login could not be removed', home, error);
      }
    },
  };
};
