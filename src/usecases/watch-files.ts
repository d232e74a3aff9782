import type { Facts, FileFacts } from '../domain/checks/facts.ts';
import type { CheckReport } from '../domain/checks/report.ts';
import { runChecks } from '../domain/checks/run-checks.ts';
import { parseLogin, type StoredLogin } from '../domain/credentials.ts';
import type { Clock } from '../ports/clock.ts';
import type { RemoteStat, SignInRun } from '../ports/runtime.ts';

/** What one look at a running sign-in's files found. */
export interface Look {
  /** The same object as long as nothing changed. */
  readonly report: CheckReport;
  readonly login: StoredLogin | null;
}

export interface FileWatcher {
  look(): Promise<Look>;
}

interface WatchInput {
  readonly run: SignInRun;
  readonly clock: Clock;
  /** Shown as the directory that is checked. */
  readonly authDir: string;
}

const missing: FileFacts = { kind: 'missing', isLink: false, mode: 0, uid: null, size: 0, content: null };
const limitBytes = 1024 * 1024;

/**
 * Looks at the files of a running sign-in: one stat of each a look, the content only when it changed. When the runtime
 * can't be asked the last picture stays.
 */
export const createFileWatcher = ({ run, clock, authDir }: WatchInput): FileWatcher => {
  const credentials = createFile(run, '.credentials.json');
  const state = createFile(run, '.claude.json');
  let last: Look | null = null;
  return {
    async look() {
      const changed = await Promise.all([credentials.refresh(), state.refresh()]);
      if (last !== null && !changed.includes(true)) return last;
      const facts: Facts = {
        authDir,
        directory: { kind: 'directory', isLink: false, mode: 0o700, uid: null, size: 0, writable: true },
        credentials: credentials.facts(),
        state: state.facts(),
        settings: missing,
        oauthToken: missing,
        entries: [],
        overridingVariables: [],
        uid: null,
        now: clock.now(),
        live: null,
      };
      last = { report: runChecks(run.profile, facts), login: loginOf(facts.credentials) };
      return last;
    },
  };
};

const createFile = (run: SignInRun, path: string) => {
  let seen: RemoteStat | null = null;
  let facts = missing;
  return {
    facts: () => facts,
    /** Whether it changed. */
    async refresh(): Promise<boolean> {
      const stat = await run.stat(path);
      if (!stat.ok || sameStat(stat.value, seen)) return false;
      const content = stat.value?.kind === 'file' ? await run.read(path, limitBytes) : null;
      if (content !== null && !content.ok) return false;
      seen = stat.value;
      facts = stat.value === null ? missing : factsOf(stat.value, content?.value ?? null);
      return true;
    },
  };
};

const factsOf = ({ kind, mode, size }: RemoteStat, content: Uint8Array | null): FileFacts => ({
  kind: kind === 'link' ? 'dangling-link' : kind,
  isLink: kind === 'link',
  mode,
  uid: null,
  size,
  content: size > limitBytes ? null : content,
});

const sameStat = (a: RemoteStat | null, b: RemoteStat | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.kind === b.kind &&
    a.mode === b.mode &&
    a.size === b.size &&
    a.modifiedAt === b.modifiedAt);

const loginOf = ({ content }: FileFacts): StoredLogin | null => {
  if (content === null) return null;
  const parsed = parseLogin(new TextDecoder('utf-8', { ignoreBOM: true }).decode(content));
  return parsed.ok ? parsed.login : null;
};
