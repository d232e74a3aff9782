import { plainText } from './plain-text.ts';
import { neverCaptured } from './profile.ts';

/** What the store itself keeps inside an auth directory begins with this; it is never captured and never handed out. */
export const storeOwnPrefix = '.claude-setup';

/** Files whose place nothing else may take, relative to the config directory. */
export const knownFiles: ReadonlySet<string> = new Set([
  '.credentials.json',
  '.claude.json',
  'settings.json',
]);

/**
 * Whether a captured file has to outlive a loss of power that comes right after. The login, its state and its settings
 * do, and all of them lie at the top; what lies deeper, such as transcripts and plugins, the system writes out when it
 * sees fit, as it does after any copy: to wait for a thousand of those takes longer than everything else together.
 */
export const hasToLast = (path: string): boolean => !path.includes('/');

/** One pattern of a glob's segment: `*` and `?` stop at a slash, `**` does not. */
const globPart = (part: string): string =>
  part === '**'
    ? '.*'
    : part === '*'
      ? '[^/]*'
      : part === '?'
        ? '[^/]'
        : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');

const globExpression = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .split(/(\*\*\/|\*\*|\*|\?)/)
      .map((part) => (part === '**/' ? '(?:.*/)?' : globPart(part)))
      .join('')}(?:/|$)`,
    's',
  );

/**
 * Makes the test whether a path is left out: when one of the globs, or one that always applies, matches it or a
 * directory above it. `*` and `?` stop at a slash, `**` crosses it; a trailing slash changes nothing.
 */
export const leaveOutTest = (globs: readonly string[]): ((path: string) => boolean) => {
  const expressionOf = (glob: string) => globExpression(glob.replace(/^\.\//, '').replace(/\/+$/, ''));
  const always = [...neverCaptured, `${storeOwnPrefix}*`].map(expressionOf);
  const chosen = globs.map(expressionOf);
  return (path) => {
    // Where case does not count, another spelling would take the place of what is ours.
    const key = clashKey(path);
    return always.some((one) => one.test(key)) || chosen.some((one) => one.test(path));
  };
};

/** Bytes; what Linux takes at most. */
const longestPath = 4096 - 512;
const longestName = 255;
const deepest = 64;

export type SafePath =
  | { readonly ok: true; readonly path: string }
  /** Why not, as the end of a sentence that begins with the entry's name. */
  | { readonly ok: false; readonly problem: string };

/**
 * The path that an archive's entry names, relative to the archive's root (`.` for the root itself), or why it is
 * refused. An archive from a login container is not trusted.
 */
export const safeEntryPath = (name: string): SafePath => {
  const path = name.replace(/^(?:\.\/)+/, '').replace(/\/$/, '');
  if (name === '') return refuse('has no name');
  if (path === '' || path === '.')
    return name.startsWith('/') ? refuse('is an absolute path') : { ok: true, path: '.' };
  if (path.startsWith('/')) return refuse('is an absolute path');
  if (path.includes('\0')) return refuse('has a NUL in its name');
  if (path.includes('\\')) return refuse('has a backslash in its name');
  const encoder = new TextEncoder();
  if (encoder.encode(path).length > longestPath) return refuse('has too long a path');
  const segments = path.split('/');
  if (segments.length > deepest) return refuse('lies too deep');
  for (const segment of segments) {
    if (segment === '..') return refuse('leads out of the directory');
    if (segment === '' || segment === '.') return refuse('has an empty name in its path');
    if (encoder.encode(segment).length > longestName) return refuse('has too long a name');
  }
  return { ok: true, path };
};

const refuse = (problem: string): SafePath => ({ ok: false, problem });

/**
 * Whether a symbolic link at `path` stays below the root wherever its target's own parts lead: relative, with `..`
 * only in front and never more of it than the link lies deep. A `..` behind a name could start from where another link leads.
 */
export const linkStaysInside = (path: string, target: string): boolean => {
  if (target === '' || target.startsWith('/') || /[\0\\]/.test(target) || target.length > longestPath)
    return false;
  const segments = target.split('/').filter((segment) => segment !== '' && segment !== '.');
  // No file can have such a name, and whoever follows the link would stumble over it.
  if (segments.some((segment) => new TextEncoder().encode(segment).length > longestName)) return false;
  const firstName = segments.findIndex((segment) => segment !== '..');
  const ups = firstName === -1 ? segments.length : firstName;
  if (segments.slice(ups).includes('..')) return false;
  return ups <= path.split('/').length - 1;
};

/** The key under which names meet that a file system takes for one where case does not count (HFS+ also ignores what has no width). */
export const clashKey = (path: string): string =>
  /^[ -~]*$/.test(path)
    ? path.toLowerCase()
    : path
        .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
        .normalize('NFC')
        .toUpperCase()
        .toLowerCase()
        .normalize('NFC');

/** Whether a path is another spelling of a known file's, which it would replace where case does not count. */
export const isKnownInDisguise = (path: string): boolean =>
  !knownFiles.has(path) && knownFiles.has(clashKey(path));

/** A path on this machine, fit to stand in one line. */
export const shownPath = plainText;

/** An archive's name, fit to be shown: no control characters, at most 80 characters. */
export const shownName = (name: string): string => {
  const text = plainText(name.slice(0, 80)).replaceAll('"', '?');
  return name.length > 80 ? `${text}…` : text;
};
