import { shownPath } from './capture-rules.ts';
import { fail, ok, type Result } from './failure.ts';
import { profileName } from './profile.ts';

/** What the file is called. */
export const projectFileName = '.claude-setup';

const isContent = (line: string): boolean => line.trim() !== '' && !line.trim().startsWith('#');

/** The profile that a project file names: its only line beside empty ones and comments (`#`). */
export const profileOfProjectFile = (path: string, text: string): Result<string> => {
  const lines = text.split('\n').filter(isContent);
  const [name = '', ...more] = lines.map((line) => line.replace(/\s#.*$/, '').trim());
  if (more.length === 0 && profileName(name).ok) return ok(name);
  const why =
    lines.length === 0
      ? 'there is no profile name in it'
      : more.length > 0
        ? 'it has more than one line beside comments'
        : 'its line is no profile name';
  return fail(
    'profile.project-file',
    `${shownPath(path)} chooses no profile`,
    why,
    'write one profile name into it, or remove it; a name on the command line goes before it',
  );
};

/** A project file that names this profile, the comments of the one before kept. */
export const projectFileText = (before: string | null, name: string): string => {
  const comments = (before ?? '').split('\n').filter((line) => line.trim().startsWith('#'));
  return `${[...comments, name].join('\n')}\n`;
};
