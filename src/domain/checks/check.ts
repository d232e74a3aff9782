import type { StoredLogin } from '../credentials.ts';
import { shellQuoted } from '../shell.ts';
import type { Facts } from './facts.ts';
import type { CheckId, FindingStatus } from './report.ts';

/** What a check decides. `fix` is left out where there is nothing to do. */
export interface Verdict {
  readonly status: FindingStatus;
  readonly summary: string;
  readonly fix?: string;
}

/** What the checks look at: the facts, and what could be read out of them once for all. */
export interface Subject extends Facts {
  /** The profile's name, for the fixes. */
  readonly profile: string | null;
  /** The login; null when the credentials can't be read as one. */
  readonly login: StoredLogin | null;
  /** Why there is no login: not JSON, or of another shape. */
  readonly problem: { readonly stage: 'json' | 'shape'; readonly text: string } | null;
  /** `.claude.json`; null when missing or not a JSON object. */
  readonly stateJson: Readonly<Record<string, unknown>> | null;
  /** False when `.claude.json` was read and is not JSON of any kind. */
  readonly stateIsJson: boolean;
  readonly settingsJson: Readonly<Record<string, unknown>> | null;
}

/** One check. */
export interface Check {
  readonly id: CheckId;
  /** Checks whose failure (or skip) makes this one moot. */
  readonly needs: readonly CheckId[];
  readonly decide: (subject: Subject) => Verdict;
}

export const pass = (summary: string): Verdict => ({ status: 'pass', summary });
export const warn = (summary: string, fix: string): Verdict => ({ status: 'warn', summary, fix });
export const fail = (summary: string, fix: string): Verdict => ({ status: 'fail', summary, fix });
export const skip = (summary: string): Verdict => ({ status: 'skip', summary });

/** A command on the profile; a directory of no profile has to become one first. */
const onProfile = (command: 'login' | 'refresh', { profile, authDir }: Subject): string =>
  profile === null
    ? `claude-setup profile add NAME --dir ${shellQuoted(authDir)} && claude-setup ${command} NAME`
    : `claude-setup ${command} ${profile}`;

/** The command that signs in again. */
export const signIn = (subject: Subject): string => onProfile('login', subject);

/** The command that has the CLI refresh the login. */
export const refresh = (subject: Subject): string => onProfile('refresh', subject);

/** Whether a long-lived token of `claude setup-token` is kept and no login. */
export const isLongLived = ({ credentials, oauthToken }: Facts): boolean =>
  credentials.kind === 'missing' && (oauthToken.kind === 'file' || oauthToken.kind === 'unreadable');
