import { createHash } from 'node:crypto';
import { parseLogin } from './credentials.ts';
import { tokensMark } from './working-copy.ts';

/** Who owns a published directory and the files in it. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A directory that containers mount, kept fresh with a profile's login. */
export interface Publication {
  readonly profile: string;
  /** Absolute path, links resolved. */
  readonly directory: string;
  /** Whether the refresh token is in it: the directory is a holder of the login then, the only one. */
  readonly full: boolean;
  /** As it was asked for; null for whoever owns the directory. */
  readonly owner: Owner | null;
  /**
   * What we wrote there, by marks that tell nothing: the newest last. Noted before it is written, so that whatever lies
   * there after a kill is known as ours.
   */
  readonly written: { readonly logins: readonly string[]; readonly states: readonly string[] };
}

export const isSamePublication = (
  a: Pick<Publication, 'profile' | 'directory'>,
  b: Pick<Publication, 'profile' | 'directory'>,
): boolean => a.profile === b.profile && a.directory === b.directory;

/** Names a text without telling it: 24 hexadecimal digits. */
export const textMark = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 24);

/** The mark of the tokens in a credentials file; null when it holds no login. */
export const marksOf = (credentials: string | null): string | null => {
  const parsed = credentials === null ? null : parseLogin(credentials);
  return parsed?.ok ? tokensMark(parsed.login) : null;
};

/** How many marks are kept: one that is being written may not have got there, then the one before it is still there. */
const keptMarks = 2;

export const withMark = (marks: readonly string[], mark: string): readonly string[] =>
  [...marks.filter((known) => known !== mark), mark].slice(-keptMarks);

type Json = Readonly<Record<string, unknown>>;

const objectOf = (text: string | null): Json => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
  } catch {
    return {};
  }
};

/**
 * The credentials to write over those that lie in a published directory. What its containers keep beside the login, such
 * as their own sign-ins to other servers, stays.
 */
export const mergedCredentials = (published: string, present: string | null): string => {
  const { claudeAiOauth: _old, ...others } = objectOf(present);
  return `${JSON.stringify({ ...others, ...objectOf(published) })}\n`;
};

/** The credentials without the login; null when nothing is left, and the file can go. */
export const withoutLogin = (present: string): string | null => {
  const { claudeAiOauth: _login, ...others } = objectOf(present);
  return Object.keys(others).length === 0 ? null : `${JSON.stringify(others)}\n`;
};
