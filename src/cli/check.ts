import { resolve } from 'node:path';
import type { CheckReport } from '../domain/checks/report.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { checkDirectory } from '../usecases/check.ts';
import { withSome } from '../usecases/check-profiles.ts';
import { recoverProfile } from '../usecases/profile-lock.ts';
import { resolveProfile } from '../usecases/profiles.ts';
import { type Command, type Invocation, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine } from './io.ts';
import { withWait } from './wait.ts';

/** `claude-setup check`: runs the checks on a profile, on all of them, or on any directory. */
export const checkCommand: Command = withWait({
  options: [
    { flags: '--all', summary: 'every profile' },
    { flags: '--dir <directory>', summary: 'any directory instead of a profile' },
    { flags: '--live', summary: 'also ask the real CLI, on a lease of the login' },
    jsonOption,
  ],
  examples: ['claude-setup check', 'claude-setup check --all --json', 'claude-setup check --dir ~/.claude'],
  run: async (invocation) => {
    const { ports, io, options } = invocation;
    const json = options.json === true;
    const reports = await reportsOf(invocation);
    if (!reports.ok) return printFailure(io, reports.failure, json);
    if (json) printJson(io, options.all ? reports.value : reports.value[0]);
    else {
      // Measuring text takes longer to load than everything that is checked.
      const { checkLines } = await import('./print-check.ts');
      const look = { color: io.color, unicode: io.unicode, now: ports.clock.now() };
      printLines(io, checkLines(reports.value, { all: options.all === true, ...look }));
    }
    return reports.value.some((report) => report.status === 'fail') ? 1 : 0;
  },
});

const reportsOf = async (invocation: Invocation): Promise<Result<readonly CheckReport[]>> => {
  const { ports, args, options } = invocation;
  const dir = textOption(invocation, 'dir');
  if ([args[0], dir, options.all].filter(Boolean).length > 1) return oneOnly;
  if (dir !== null) {
    if (options.live) return liveNeedsProfile;
    return ok([await checkDirectory(ports, { authDir: resolve(dir), profile: null, live: null })]);
  }
  const profiles = await chosenProfiles(invocation);
  if (!profiles.ok) return profiles;
  const reports = new Map<Profile, Result<CheckReport>>();
  const check = async (profile: Profile) => {
    reports.set(profile, await reportOn(invocation, profile));
  };
  // The real CLI is started for one profile after the other.
  if (options.live) for (const profile of profiles.value) await check(profile);
  else await withSome(profiles.value, check);
  return inOrder(profiles.value.flatMap((profile) => reports.get(profile) ?? []));
};

/** All the values, or the first failure. */
const inOrder = <T>(results: readonly Result<T>[]): Result<readonly T[]> => {
  const values: T[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values);
};

const chosenProfiles = async ({ ports, args, options }: Invocation): Promise<Result<readonly Profile[]>> => {
  if (options.all) {
    const config = await ports.settings.load();
    return config.ok ? ok(config.value.profiles) : config;
  }
  const resolved = await resolveProfile(ports, args[0] ?? null);
  return resolved.ok ? ok([resolved.value.profile]) : resolved;
};

const reportOn = async (invocation: Invocation, profile: Profile): Promise<Result<CheckReport>> => {
  const { ports, io, options, signal } = invocation;
  const recovered = await recoverProfile(ports, profile, signal);
  if (recovered !== null) progressLine(io, recovered);
  // What can't be opened is a finding; with --all nobody is asked for one passphrase after the other.
  if (!options.all) await ports.seals.unlock(profile.authDir);
  if (!options.live)
    return ok(await checkDirectory(ports, { authDir: profile.authDir, profile: profile.name, live: null }));
  const [{ openRuntime }, { verify }] = await Promise.all([
    import('../usecases/open-runtime.ts'),
    import('../usecases/verify.ts'),
  ]);
  const runtime = await openRuntime(ports, profile.runtime, signal);
  return runtime.ok ? verify(ports, { profile, runtime: runtime.value }, signal) : runtime;
};

const oneOnly = fail(
  'usage',
  'Nothing was checked',
  'a profile, --all and --dir exclude each other',
  'give one of them',
);

const liveNeedsProfile = fail(
  'usage',
  'Nothing was checked',
  'the real CLI runs in the runtime of a profile, and a directory alone has none',
  'adopt it first: claude-setup profile add NAME --dir DIR',
);
