import { durationOf } from '../domain/duration.ts';
import { type ExitStatus, fail, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { ends } from '../domain/time.ts';
import { checkDirectory } from '../usecases/check.ts';
import { resolveProfile } from '../usecases/profiles.ts';
import { type Refreshed, refresh, usualMarginMs } from '../usecases/refresh.ts';
import { type Command, type Invocation, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine, redacted } from './io.ts';
import { withWait } from './wait.ts';

/** `claude-setup refresh`: has the CLI refresh a login, once however many ask, and keeps the new tokens. */
export const refreshCommand: Command = withWait({
  options: [
    { flags: '--all', summary: 'every profile' },
    { flags: '--margin <time>', summary: 'do nothing while more than this is left (default 1h)' },
    { flags: '--force', summary: 'whatever is left' },
    jsonOption,
  ],
  examples: [
    'claude-setup refresh',
    'claude-setup refresh --all --margin 2h',
    'claude-setup refresh dev --json',
  ],
  run: async (invocation) => {
    const { ports, io, signal, options } = invocation;
    const json = options.json === true;
    const margin = marginOf(invocation);
    if (!margin.ok) return printFailure(io, margin.failure, json);
    const profiles = await chosenProfiles(invocation);
    if (!profiles.ok) return printFailure(io, profiles.failure, json);
    const reports: object[] = [];
    let status: ExitStatus = 0;
    for (const profile of profiles.value) {
      const input = { profile, marginMs: margin.value };
      const done = await refresh(ports, input, (line) => progressLine(io, line), signal);
      if (done.ok) {
        const { outcome, expiresAt, published } = done.value;
        const { token, findings } = await checkDirectory(ports, {
          authDir: profile.authDir,
          profile: profile.name,
          live: null,
        });
        reports.push({
          profile: profile.name,
          outcome,
          expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
          loginExpiresAt: token.loginExpiresAt,
          ...(published && {
            published: published.map(({ failure, ...one }) =>
              failure === null ? one : { ...one, error: redacted(failure) },
            ),
          }),
        });
        if (!json) printLines(io, [summary(profile, done.value, token.loginExpiresAt, ports.clock.now())]);
        const deadline = findings.find(({ id }) => id === 'token.login');
        if (deadline?.status === 'warn') progressLine(io, `${deadline.summary}. Fix: ${deadline.fix}`);
        for (const { failure } of published ?? []) {
          if (failure === null) continue;
          const failed = printFailure(io, failure);
          if (status === 0) status = failed;
        }
      } else {
        const failed = printFailure(io, done.failure);
        if (status === 0) status = failed;
        reports.push({ profile: profile.name, error: redacted(done.failure) });
      }
    }
    if (json) printJson(io, options.all ? reports : reports[0]);
    return status;
  },
});

const marginOf = (invocation: Invocation): Result<number | null> => {
  const text = textOption(invocation, 'margin');
  if (invocation.options.force === true) return text === null ? ok(null) : forceAlone;
  const margin = text === null ? usualMarginMs : durationOf(text);
  return margin === null
    ? fail('usage', 'Nothing was refreshed', '--margin is no span of time', 'give one such as 30m, 2h or 1d')
    : ok(margin);
};

const chosenProfiles = async ({ ports, args, options }: Invocation): Promise<Result<readonly Profile[]>> => {
  if (options.all === true && args[0] !== undefined) return oneOnly;
  if (options.all === true) {
    const config = await ports.settings.load();
    return config.ok ? ok(config.value.profiles) : config;
  }
  const resolved = await resolveProfile(ports, args[0] ?? null);
  return resolved.ok ? ok([resolved.value.profile]) : resolved;
};

const summary = (
  { name }: Profile,
  { outcome, expiresAt }: Refreshed,
  loginExpiresAt: string | null,
  now: number,
): string => {
  const token = expiresAt === null ? [] : [`the access token ${ends(expiresAt, now)}`];
  const login = loginExpiresAt === null ? [] : [`the login itself ${ends(Date.parse(loginExpiresAt), now)}`];
  const end = token.length + login.length === 0 ? '' : `; ${[...token, ...login].join(', ')}`;
  const words: Readonly<Record<Refreshed['outcome'], string>> = {
    refreshed: 'was refreshed',
    recovered: 'has the tokens of a refresh that was cut off',
    fresh: 'is fresh',
  };
  return `${name} ${words[outcome]}${end}`;
};

const forceAlone = fail(
  'usage',
  'Nothing was refreshed',
  '--force and --margin exclude each other',
  'give one of them',
);

const oneOnly = fail(
  'usage',
  'Nothing was refreshed',
  'a profile and --all exclude each other',
  'give one of them',
);
