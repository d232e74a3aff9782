import { sealedAndLocked, sealedName } from '../seal.ts';
import { shellQuoted } from '../shell.ts';
import { type Check, fail, isLongLived, pass, type Subject, signIn, type Verdict, warn } from './check.ts';
import type { FileFacts } from './facts.ts';

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

/** Group and others: reading is a warning, writing a failure. On a system with ACLs the group bits are their mask. */
const openToOthers = (path: string, mode: number, wanted: string): Verdict | null => {
  const fix = `chmod ${wanted} ${shellQuoted(path)}`;
  if ((mode & 0o022) !== 0) return fail(`Others can write into ${path} (mode ${octal(mode)})`, fix);
  if ((mode & 0o077) !== 0) return warn(`Others can read ${path} (mode ${octal(mode)})`, fix);
  return null;
};

/** The file that holds what the checks are about: the login, else a long-lived token. */
const holder = (
  subject: Subject,
): { readonly name: string; readonly path: string; readonly file: FileFacts } => {
  const name = subject.seal ? sealedName : isLongLived(subject) ? 'oauth-token' : '.credentials.json';
  const file = isLongLived(subject) ? subject.oauthToken : subject.credentials;
  return { name, path: `${subject.authDir}/${name}`, file };
};

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
    decide: ({ directory, authDir }) => {
      const open = openToOthers(authDir, directory.mode, '700');
      if (open !== null) return open;
      if (directory.writable) return pass('Only you can look into the directory');
      // Observed: on a read-only directory the CLI refreshes in memory only, and the login is lost without a word.
      return warn(
        "Nothing can be written into the directory, so a refreshed login can't be kept",
        (directory.mode & 0o300) === 0o300
          ? 'mount it writable, or choose another one: claude-setup profile add NAME --dir DIR'
          : `chmod 700 ${shellQuoted(authDir)}`,
      );
    },
  },
  {
    id: 'credentials.present',
    needs: ['directory.present'],
    decide: (subject) => {
      const { kind } = subject.credentials;
      const { seal } = subject;
      if (seal?.trouble) return fail(`${sealedAndLocked}: ${seal.trouble.why}`, seal.trouble.fix);
      if (seal && seal.plainBeside.length > 0)
        return warn(
          `${seal.plainBeside.join(' and ')} lies in plain beside the sealed login, which is the one that counts`,
          `claude-setup profile seal ${subject.profile ?? 'NAME'} (takes it in), or remove it`,
        );
      if (kind === 'file' || kind === 'unreadable')
        return pass(seal ? '.credentials.json is there, sealed' : '.credentials.json is there');
      if (isLongLived(subject)) return pass('A long-lived token (oauth-token) is kept instead of a login');
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
      const { path, file } = holder(subject);
      if (file.kind === 'unreadable') {
        // The mode is no help to somebody whose file, or whose directory, it is not.
        const { uid, directory, authDir } = subject;
        const own = uid === null || (directory.uid === uid && file.uid === uid);
        const fix = own ? `chmod 600 ${shellQuoted(path)}` : `sudo chown -R ${uid}: ${shellQuoted(authDir)}`;
        return fail(`${path} can't be read (mode ${octal(file.mode)})`, fix);
      }
      return openToOthers(path, file.mode, '600') ?? pass('Only you can read the credentials');
    },
  },
  {
    id: 'credentials.owner',
    needs: ['credentials.present'],
    decide: (subject) => {
      const { directory, uid, authDir } = subject;
      const { name, file } = holder(subject);
      if (file.uid === null || uid === null) return pass('The owner does not matter here');
      // Root can read everything; what matters to it is that file and directory belong together.
      const wanted = uid === 0 ? (directory.uid ?? 0) : uid;
      if (file.uid === wanted) return pass('The credentials belong to the right user');
      const fix = `sudo chown -R ${wanted}: ${shellQuoted(authDir)}`;
      const summary = `${name} belongs to user ${file.uid}, not to ${wanted}`;
      return file.kind === 'unreadable' ? fail(summary, fix) : warn(summary, fix);
    },
  },
];
