import { shellQuoted } from '../shell.ts';
import { type Check, fail, pass, type Subject, signIn, skip, type Verdict, warn } from './check.ts';
import type { FileFacts } from './facts.ts';

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** Group and others: reading is a warning, writing a failure. On a system with ACLs the group bits are their mask. */
const openToOthers = (path: string, mode: number, wanted: string): Verdict | null => {
  const fix = `chmod ${wanted} ${shellQuoted(path)}`;
  if ((mode & 0o022) !== 0) return fail(`Others can write into ${path} (mode ${octal(mode)})`, fix);
  if ((mode & 0o077) !== 0) return warn(`Others can read ${path} (mode ${octal(mode)})`, fix);
  return null;
};

const credentialsPath = ({ authDir }: Subject): string => `${authDir}/.credentials.json`;

const hasLongLivedToken = ({ oauthToken }: Subject): boolean =>
  oauthToken.kind === 'file' && oauthToken.content !== null && oauthToken.content.length > 0;

const instead: Partial<Record<FileFacts['kind'], string>> = {
  directory: 'a directory is in the place of .credentials.json',
  'dangling-link': '.credentials.json is a link that leads nowhere',
  other: '.credentials.json is no regular file (a pipe, socket or device)',
};

export const directoryChecks: readonly Check[] = [
  {
    id: 'directory.present',
    needs: [],
    decide: (subject) => {
      const { directory, authDir } = subject;
      if (directory.kind === 'directory') return pass(`${authDir} is there`);
      if (directory.kind === 'missing') return fail(`${authDir} is not there`, signIn(subject));
      if (directory.kind === 'unreadable') {
        return fail(
          `${authDir} can't be opened`,
          `sudo chown -R "$(id -u):$(id -g)" ${shellQuoted(authDir)}`,
        );
      }
      return fail(`${authDir} is not a directory`, `move it away, then ${signIn(subject)}`);
    },
  },
  {
    id: 'directory.permissions',
    needs: ['directory.present'],
    decide: ({ directory, authDir }) =>
      openToOthers(authDir, directory.mode, '700') ?? pass('Only you can look into the directory'),
  },
  {
    id: 'credentials.present',
    needs: ['directory.present'],
    decide: (subject) => {
      const { kind } = subject.credentials;
      if (kind === 'file' || kind === 'unreadable') return pass('.credentials.json is there');
      if (kind === 'missing' && hasLongLivedToken(subject)) {
        return skip('A long-lived token (oauth-token) is kept instead of a login');
      }
      return fail(
        instead[kind] ?? 'Nobody has signed in here: .credentials.json is missing',
        signIn(subject),
      );
    },
  },
  {
    id: 'credentials.permissions',
    needs: ['credentials.present'],
    decide: (subject) => {
      const path = credentialsPath(subject);
      const { kind, mode } = subject.credentials;
      if (kind === 'unreadable') {
        // The mode is no help to somebody whose file, or whose directory, it is not.
        const { uid, directory, credentials, authDir } = subject;
        const own = uid === null || (directory.uid === uid && credentials.uid === uid);
        const fix = own ? `chmod 600 ${shellQuoted(path)}` : `sudo chown -R ${uid}: ${shellQuoted(authDir)}`;
        return fail(`${path} can't be read (mode ${octal(mode)})`, fix);
      }
      return openToOthers(path, mode, '600') ?? pass('Only you can read the credentials');
    },
  },
  {
    id: 'credentials.owner',
    needs: ['credentials.present'],
    decide: ({ credentials, directory, uid, authDir }) => {
      const owner = credentials.uid;
      if (owner === null || uid === null) return pass('The owner does not matter here');
      // Root can read everything; what matters to it is that file and directory belong together.
      const wanted = uid === 0 ? (directory.uid ?? 0) : uid;
      if (owner === wanted) return pass('The credentials belong to the right user');
      const fix = `sudo chown -R ${wanted}: ${shellQuoted(authDir)}`;
      const summary = `The credentials belong to user ${owner}, not to ${wanted}`;
      return credentials.kind === 'unreadable' ? fail(summary, fix) : warn(summary, fix);
    },
  },
];
