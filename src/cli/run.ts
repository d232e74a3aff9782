import { resolve } from 'node:path';
import { durationOf } from '../domain/duration.ts';
import { type ExitStatus, type Failure, fail, ok, type Result } from '../domain/failure.ts';
import { parseMount, parseUser, parseVariable } from '../domain/job.ts';
import { type RuntimeKind, runtimeKinds } from '../domain/profile.ts';
import type { JobContainer, JobProgram, JobRequest } from '../ports/job.ts';
import { resolveProfile } from '../usecases/profiles.ts';
import { usualMarginMs } from '../usecases/refresh.ts';
import { type RunInput, run, terminalVariables } from '../usecases/run.ts';
import { runFull } from '../usecases/run-full.ts';
import { type Command, type Invocation, listOption, textOption } from './command.ts';
import { printFailure, progressLine } from './io.ts';
import { joinPipes, joinTerminal } from './job-streams.ts';
import { openScreens } from './open-screens.ts';
import { withWait } from './wait.ts';

/** `claude-setup run`: a person's own command on a lease; its exit status is ours. Without one, a screen to choose it on. */
export const runCommand: Command = withWait({
  options: [
    { flags: '--image <image>', summary: 'another image than the setup image' },
    { flags: '--mount <src:dst[:ro]>', summary: 'a directory or file of this host', repeatable: true },
    { flags: '--env <name[=value]>', summary: 'a variable; NAME alone for its value here', repeatable: true },
    { flags: '--workdir <directory>', summary: 'where the command starts' },
    { flags: '--network <network>', summary: "the container's network" },
    { flags: '--user <uid[:gid]>', summary: 'as whom it runs, never root unless you say so' },
    { flags: '--read-only', summary: 'a root file system that can not be written' },
    { flags: '--name <name>', summary: "the container's name" },
    { flags: '--check', summary: 'ask the provider first whether the login is still good' },
    { flags: '--full', summary: 'the whole login instead of a lease, one holder at a time' },
    { flags: '--margin <time>', summary: 'refresh first when less than this is left (default 1h)' },
    { flags: '--runtime <runtime>', summary: 'where it runs', choices: runtimeKinds },
  ],
  examples: [
    'claude-setup run',
    'claude-setup run -- claude',
    'claude-setup run dev --mount .:/workspace -- claude -p "say hello"',
    'claude-setup run --image my/image --user 1000 -- ./build.sh < input > output',
  ],
  run: async (invocation) => {
    const { ports, io, signal, hurry } = invocation;
    if (invocation.words === null && io.interactive && onlyProfile(invocation))
      return pickCommand(invocation);
    const input = await inputOf(invocation);
    if (!input.ok) return printFailure(io, input.failure);
    // Nothing of ours is written into the picture of a program that has the terminal.
    const held: string[] = [];
    let joined = false;
    const say = (line: string) => {
      if (joined) held.push(line);
      else progressLine(io, line);
    };
    const connect = async (program: JobProgram) => {
      if (program.kind === 'pipes') return joinPipes(io, program.pipes);
      joined = true;
      try {
        return await joinTerminal(io, program.session);
      } finally {
        joined = false;
        for (const line of held) progressLine(io, line);
      }
    };
    const { full, ...given } = input.value;
    const ended = await (full ? runFull : run)(ports, given, connect, say, { signal, hurry });
    if (!ended.ok) return printFailure(io, ended.failure);
    return { exitCode: ended.value.exitCode ?? 1 };
  },
});

/** Whether nothing is said of how it is to run: the screen would not do it that way. */
const onlyProfile = ({ options }: Invocation): boolean =>
  Object.values(options).every((value) => value === undefined);

/** Without a command, on a terminal: the screen that one is chosen on. */
const pickCommand = async (invocation: Invocation): Promise<ExitStatus> => {
  const { ports, io, args } = invocation;
  const resolved = await resolveProfile(ports, args[0] ?? null);
  if (!resolved.ok)
    return printFailure(io, args[0] ? withoutDashes(resolved.failure).failure : resolved.failure);
  const config = await ports.settings.load();
  if (!config.ok) return printFailure(io, config.failure);
  const { profile } = resolved.value;
  const others = config.value.profiles.filter(({ name }) => name !== profile.name);
  return openScreens(invocation, { screen: 'run', profiles: [profile, ...others] });
};

interface GivenRun extends RunInput {
  readonly full: boolean;
}

const inputOf = async (invocation: Invocation): Promise<Result<GivenRun>> => {
  const { ports, args, words } = invocation;
  const resolved = await resolveProfile(ports, args[0] ?? null);
  if (!resolved.ok) return words === null && args[0] ? withoutDashes(resolved.failure) : resolved;
  if (!words?.length) return noCommand(args[0] ?? null);
  const { profile } = resolved.value;
  const runtime = (textOption(invocation, 'runtime') as RuntimeKind | null) ?? profile.runtime;
  const full = invocation.options.full === true;
  if (full && runtime !== profile.runtime) return otherRuntime(profile.name, profile.runtime);
  const container = containerOf(invocation, runtime);
  if (!container.ok) return container;
  const env = all((listOption(invocation, 'env') ?? []).map((text) => parseVariable(text, ports.host.env)));
  if (!env.ok) return env;
  const marginText = textOption(invocation, 'margin');
  const marginMs = marginText === null ? usualMarginMs : durationOf(marginText);
  if (marginMs === null)
    return fail('usage', nothing, '--margin is no span of time', 'give one such as 30m, 2h or 1d');
  const size = sizeOf(invocation);
  const request: RunInput['request'] = {
    command: words,
    env: [...(size === null ? [] : terminalVariables(ports.host.env, runtime)), ...env.value],
    workdir: textOption(invocation, 'workdir'),
    size,
    container: container.value,
  };
  return ok({ profile, runtime, request, check: invocation.options.check === true, full, marginMs });
};

const nothing = 'Nothing was run';

const noCommand = (profile: string | null): Result<never> =>
  fail(
    'usage',
    nothing,
    'there is no command',
    `write it after --, such as claude-setup run ${profile === null ? '' : `${profile} `}-- claude`,
  );

/** What a killed run left is looked for where the profile's own refreshes run. */
const otherRuntime = (name: string, runtime: RuntimeKind): Result<never> =>
  fail(
    'usage',
    nothing,
    `the whole login of ${name} is handed out in its own runtime only, which is ${runtime}`,
    'leave --runtime out, or run it on a lease (without --full)',
  );

/** Somebody who forgot the dashes has named a program, not a profile. */
const withoutDashes = (failure: Failure) => ({
  ok: false as const,
  failure: { ...failure, fix: `${failure.fix}; a command goes after --, such as claude-setup run -- claude` },
});

/** A terminal only when there is one at both ends; its size. */
const sizeOf = ({ io: { stdin, stdout } }: Invocation): JobRequest['size'] =>
  stdin.isTTY === true && stdout.isTTY === true
    ? { columns: stdout.columns || 80, rows: stdout.rows || 24 }
    : null;

/** Options that mean something in a container only. */
const containerOptions = ['image', 'mount', 'network', 'user', 'readOnly', 'name'] as const;

const containerOf = (invocation: Invocation, runtime: RuntimeKind): Result<JobContainer> => {
  const { options } = invocation;
  const given = containerOptions.find((name) => options[name] !== undefined);
  if (runtime === 'sandbox' && given !== undefined) {
    const flag = given === 'readOnly' ? 'read-only' : given;
    return fail(
      'usage',
      nothing,
      `--${flag} is for containers, and this runs on the host`,
      'leave it out, or add --runtime docker',
    );
  }
  const mounts = all((listOption(invocation, 'mount') ?? []).map((text) => parseMount(text, resolve('.'))));
  if (!mounts.ok) return mounts;
  const user = textOption(invocation, 'user');
  const checked = user === null ? ok(null) : parseUser(user);
  if (!checked.ok) return checked;
  return ok({
    image: textOption(invocation, 'image'),
    name: textOption(invocation, 'name'),
    mounts: mounts.value,
    network: textOption(invocation, 'network'),
    user: checked.value,
    readOnly: options.readOnly === true,
  });
};

const all = <T>(results: readonly Result<T>[]): Result<readonly T[]> => {
  const values: T[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  return ok(values);
};
