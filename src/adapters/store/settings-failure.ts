import { shownPath } from '../../domain/capture-rules.ts';
import { fail, type Result } from '../../domain/failure.ts';
import { errorCode } from './file-system.ts';

/** Why nothing can be written below the settings' directory. Anything but an error of the file system is thrown on. */
export const settingsFailure = (what: string, home: string, error: unknown): Result<never> => {
  const code = errorCode(error);
  if (code === null) throw error;
  return fail(
    'settings.unwritable',
    what,
    `${shownPath(home)} can't be written (${code})`,
    'make it writable, or set CLAUDE_SETUP_HOME to a directory of your own',
  );
};
