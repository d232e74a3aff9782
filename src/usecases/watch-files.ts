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
  /** Whether the runtime could be asked; else this is the picture of before. */
  readonly asked: boolean;
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
      const seen = await Promise.all([credentials.refresh(), state.refresh()]);
      const asked = !seen.includes('unasked');
      if (last !== null && !seen.includes('changed')) return { ...last, asked };
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
      last = { report: runChecks(run.profile, facts), login: loginOf(facts.credentials), asked };
      return last;
    },
  };
};

const createFile = (run: SignInRun, path: string) => {
  let seen: RemoteStat | null = null;
  let facts = missing;
  return {
    facts: () => facts,
    async refresh(): Promise<'changed' | 'same' | 'unasked'> {
      const stat = await run.stat(path);
      // Without its container a run has no file that could change.
      if (!stat.ok) return stat.failure.code === 'container.missing' ? 'same' : 'unasked';
      if (sameStat(stat.value, seen)) return 'same';
      const content = stat.value?.kind === 'file' ? await run.read(path, limitBytes) : null;
      if (content !== null && !content.ok) return 'unasked';
      seen = stat.value;
      facts = stat.value === null ? missing : factsOf(stat.value, content?.value ?? null);
      return 'changed';
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
