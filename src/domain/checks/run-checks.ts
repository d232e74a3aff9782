import {
  isRefreshable,
  loginExpiry,
  type Moment,
  parseLogin,
  scopesOf,
  tokenExpiry,
} from '../credentials.ts';
import { isPlain } from '../plain-text.ts';
import { redact } from '../redact.ts';
import { type Check, isLongLived, type Subject } from './check.ts';
import { credentialsChecks } from './credentials-checks.ts';
import { directoryChecks } from './directory-checks.ts';
import type { Facts, FileFacts } from './facts.ts';
import { longLivedChecks } from './long-lived-checks.ts';
import type { CheckId, CheckReport, Finding, FindingStatus, Health } from './report.ts';
import { stateChecks } from './state-checks.ts';

/** Every check, in the order of the report. */
export const checks: readonly Check[] = [...directoryChecks, ...credentialsChecks, ...stateChecks];

/** Runs every check over the facts, in order. */
export const runChecks = (profile: string | null, facts: Facts): CheckReport => {
  const subject = subjectOf(profile, facts);
  const statuses = new Map<CheckId, FindingStatus>();
  const instead = isLongLived(facts) ? longLivedChecks : {};
  const findings = checks.map((check): Finding => {
    const finding = findingOf({ ...check, ...instead[check.id] }, subject, statuses);
    statuses.set(finding.id, finding.status);
    return finding;
  });
  return {
    profile,
    authDir: facts.authDir,
    status: worst(findings),
    account: accountOf(subject),
    token: tokenOf(subject),
    findings,
  };
};

const findingOf = (
  { id, needs, decide }: Check,
  subject: Subject,
  statuses: ReadonlyMap<CheckId, FindingStatus>,
): Finding => {
  const moot = needs.find((need) => statuses.get(need) === 'fail' || statuses.get(need) === 'skip');
  if (moot !== undefined)
    return { id, status: 'skip', summary: `Not looked at, because of ${moot}`, fix: '' };
  const { status, summary, fix = '' } = decide(subject);
  return { id, status, summary, fix };
};

const worst = (findings: readonly Finding[]): Health =>
  (['fail', 'warn'] as const).find((status) => findings.some((finding) => finding.status === status)) ??
  'pass';

const subjectOf = (profile: string | null, facts: Facts): Subject => {
  const text = textOf(facts.credentials);
  const parsed = text === null ? null : parseLogin(text);
  const state = jsonOf(facts.state);
  const settings = jsonOf(facts.settings);
  return {
    ...facts,
    profile,
    login: parsed?.ok ? parsed.login : null,
    problem: parsed === null || parsed.ok ? null : { stage: parsed.stage, text: parsed.problem },
    stateJson: objectOf(state),
    stateIsJson: state !== undefined,
    settingsJson: objectOf(settings),
  };
};

/** As the CLI decodes it: invalid UTF-8 is replaced, a byte order mark stays. */
const textOf = ({ content }: FileFacts): string | null =>
  content === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);

/**
 * The JSON of a file beside the login; undefined when it is none. Unlike in the credentials the CLI passes over a byte
 * order mark here, and takes a file of white space and NUL bytes for a missing one (observed, 2.1.330).
 */
const jsonOf = (file: FileFacts): unknown => {
  const text = textOf(file)?.replace(/^\uFEFF/, '') ?? '';
  if (/^[\s\0]*$/.test(text)) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const objectOf = (json: unknown): Readonly<Record<string, unknown>> | null =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)
    : null;

const accountOf = ({ stateJson, login }: Subject): CheckReport['account'] => {
  const account = stateJson?.oauthAccount;
  const known = typeof account === 'object' && account !== null ? (account as Record<string, unknown>) : {};
  return {
    email: textOrNull(known.emailAddress),
    organization: textOrNull(known.organizationName),
    plan: textOrNull(login?.claudeAiOauth.subscriptionType),
  };
};

const tokenOf = ({ login, now }: Subject): CheckReport['token'] => {
  if (login === null)
    return { expiresAt: null, expiresInSeconds: null, loginExpiresAt: null, refreshable: false, scopes: [] };
  const expiry = tokenExpiry(login);
  return {
    expiresAt: iso(expiry),
    expiresInSeconds: iso(expiry) === null ? null : Math.round(((expiry?.at ?? now) - now) / 1000),
    loginExpiresAt: iso(loginExpiry(login)),
    refreshable: isRefreshable(login, now),
    scopes: (scopesOf(login) ?? []).map(shown),
  };
};

/** Null for a time that is not said or can't be meant. */
const iso = (moment: Moment | null): string | null =>
  moment === null || moment.odd !== null ? null : new Date(moment.at).toISOString();

/** Control characters and what looks like a secret are taken out: it is shown, and nobody knows who wrote the file. */
const shown = (text: string): string => {
  const start = text.slice(0, 1000);
  return redact(isPlain(start) ? start : start.replaceAll(/\p{C}/gu, '')).slice(0, 200);
};

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? shown(value) : null);
