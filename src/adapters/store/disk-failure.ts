import { type FailureCode, fail, type Result } from '../../domain/failure.ts';
import { errorCode } from './file-system.ts';

interface Trouble {
  readonly code: FailureCode;
  readonly why: string;
  readonly fix: string;
}

const denied: Trouble = {
  code: 'directory.unwritable',
  why: 'you may not write there',
  fix: 'make the directory and what is in it your own (`ls -la` shows whose it is), then run it again',
};
const full: Trouble = {
  code: 'disk.full',
  why: 'the disk is full',
  fix: 'free some space, then run it again; nothing was lost',
};

/** What the system's error numbers mean for someone who writes below an auth directory. */
const troubles: Readonly<Record<string, Trouble>> = {
  ENOSPC: full,
  EDQUOT: { ...full, why: 'your disk quota is used up' },
  EROFS: {
    code: 'disk.read-only',
    why: 'the file system is mounted read-only',
    fix: 'mount it writable or choose another directory, then run it again',
  },
  EACCES: denied,
  EPERM: denied,
};

/** An error of the file system as a failure. Anything else is a bug and thrown on. */
export const diskFailure = (what: string, error: unknown): Result<never> => {
  const code = errorCode(error);
  if (code === null || !(error instanceof Error)) throw error;
  const known = troubles[code];
  if (known !== undefined) return fail(known.code, what, known.why, known.fix);
  return fail(
    'disk.error',
    what,
    `the system answered ${code}`,
    'check the disk, then run it again; nothing was lost',
  );
};
