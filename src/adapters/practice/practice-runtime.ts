import { ok } from '../../domain/failure.ts';
import type { RuntimeKind } from '../../domain/profile.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { type CliScript, type CliStage, linesOf, type Play, playClaude } from './claude-cli.ts';
import type { FakeCopy } from './fake-copy.ts';
import { createFakeFiles } from './fake-files.ts';
import type { FakeJob } from './fake-job.ts';
import type { FakeRun } from './fake-run.ts';
import { createFakeRuntime, type FakeRuntime } from './fake-runtime.ts';
import { issueLogin } from './issuer.ts';
import type { Pace } from './pace.ts';
import { createTerminalStage, fileStage } from './terminal-stage.ts';

export interface PracticeRuntimeInput {
  readonly kind: RuntimeKind;
  readonly now: () => number;
  readonly pace: Pace;
  readonly script: CliScript;
  /** Refresh tokens that another copy of the login has used already: the issuer refuses them. */
  readonly spent: ReadonlySet<string>;
}

const never = new AbortController().signal;

/** A runtime whose CLI is the stand-in, played in this process. */
export const createPracticeRuntime = (input: PracticeRuntimeInput): Runtime => {
  const { kind, now, pace, script } = input;
  const runtime: FakeRuntime = createFakeRuntime({ kind, now, play: (run) => void playRun(input, run) });
  runtime.readiness(kind === 'sandbox' ? [`The Claude CLI ${script.version} is on the PATH`] : [], null);
  runtime.answer(async ({ args, lease }) => {
    await pace('answer', 600, never);
    return ok(await captured(input, args, lease.files));
  });
  runtime.plays((job) => void playJob(input, job));
  runtime.refreshes((copy) => refresh(input, copy));
  const { startSignIn, startRefresh } = runtime;
  const slowly: Pick<Runtime, 'startSignIn' | 'startRefresh'> = {
    async startSignIn(request, signal) {
      await pace('answer', 500, signal);
      return startSignIn(request, signal);
    },
    async startRefresh(profile, copy, signal) {
      await pace('answer', 1200, signal);
      return startRefresh(profile, copy, signal);
    },
  };
  return Object.assign(runtime, slowly);
};

const playRun = async (input: PracticeRuntimeInput, run: FakeRun): Promise<void> => {
  const { session, files, method } = run;
  if (session === null) return;
  const stage = createTerminalStage({
    session,
    files,
    now: input.now,
    pause: (milliseconds) => input.pace('sign-in', milliseconds, never),
  });
  const play = { stage, script: input.script };
  const status = method === 'shell' ? await shell(play) : await playClaude(play, programs[method]);
  session.end(status);
};

const programs = {
  'auth-login': ['auth', 'login'],
  'full-screen': ['--dangerously-skip-permissions'],
  'setup-token': ['setup-token'],
} as const;

/** A person's own command: the CLI on its lease, or a shell with it. */
const playJob = async (input: PracticeRuntimeInput, job: FakeJob): Promise<void> => {
  const { request, program: streams } = job;
  if (streams.kind === 'pipes') return playPiped(input, job);
  const { session } = job;
  const files = createFakeFiles();
  for (const [path, content] of job.leases[0]?.files ?? []) files.set(path, content);
  const pause = (milliseconds: number) => input.pace('sign-in', milliseconds, never);
  const stage = createTerminalStage({ session, files, now: input.now, pause });
  const play = { stage, script: input.script };
  const [program = '', ...args] = request.command;
  const line = request.command.join(' ');
  if (program === 'claude' && args.length > 0) job.end(await playClaude(play, args));
  else if (program === 'bash') job.end(await shell(play));
  else if (/^(claude|sh -c claude) ?/.test(line)) job.end(await greeting(play));
  else {
    stage.say(notHere(line));
    job.end(127);
  }
};

/** The same without a terminal, where nobody can answer: what the CLI says, and how it ends. */
const playPiped = async (input: PracticeRuntimeInput, job: FakeJob): Promise<void> => {
  const [program = '', ...args] = job.request.command;
  const { exitCode, stdout, stderr } =
    program === 'claude'
      ? await captured(input, args, job.leases[0]?.files ?? new Map())
      : { exitCode: 127, stdout: '', stderr: notHere(job.request.command.join(' ')) };
  job.pipes.stdout.write(stdout);
  job.pipes.stderr.write(stderr);
  job.end(exitCode);
};

const notHere = (line: string): string => `${line}: only claude and bash are here\n`;

/** Where the CLI would begin to work. */
const greeting = async ({ stage }: Play): Promise<number> => {
  stage.say('Practice: here the Claude CLI would work, signed in. Enter ends it.\n');
  for await (const _line of linesOf(stage.input())) return 0;
  return 0;
};

/** A shell in which only the CLI is there. */
const shell = async (play: Play): Promise<number> => {
  const { stage } = play;
  stage.say('Only claude and exit are here. Try: claude auth login\n$ ');
  for await (const line of linesOf(stage.input())) {
    const [program = '', ...args] = line.trim().split(/\s+/);
    if (program === 'exit') return 0;
    if (program === 'claude') await playClaude(play, args);
    else if (program !== '') stage.say(`${program}: command not found\n`);
    stage.say('$ ');
  }
  return 0;
};

/** Runs the CLI without a terminal on a lease. */
const captured = async (
  { now, script }: PracticeRuntimeInput,
  args: readonly string[],
  lease: ReadonlyMap<string, string>,
) => {
  const files = createFakeFiles();
  for (const [path, content] of lease) files.set(path, content);
  let [stdout, stderr] = ['', ''];
  const stage: CliStage = {
    ...fileStage(files),
    columns: () => 80,
    say: (text) => {
      stdout += text;
    },
    complain: (text) => {
      stderr += text;
    },
    async *input() {},
    raw: () => {},
    env: {},
    now,
    pause: async () => {},
  };
  const exitCode = await playClaude({ stage, script }, args);
  return { exitCode, stdout, stderr };
};

/** What the CLI and the issuer make of a working copy: new tokens, or none for a token that was used before. */
const refresh = ({ now, script, spent }: PracticeRuntimeInput, { files }: FakeCopy): void => {
  const text = files.text('.credentials.json') ?? '';
  const { claudeAiOauth: login } = JSON.parse(text) as { claudeAiOauth: Record<string, unknown> };
  const isSpent = [...spent].some((token) => text.includes(token));
  const issued = issueLogin(`${text} again`, { ...script, mode: isSpent ? 'blanked' : '' }, now());
  const {
    accountUuid: _account,
    organizationUuid: _organization,
    ...fresh
  } = issued.credentials.claudeAiOauth;
  // A refresh does not lengthen the login itself.
  const { refreshTokenExpiresAt } = login;
  files.set(
    '.credentials.json',
    JSON.stringify({ claudeAiOauth: { ...login, ...fresh, refreshTokenExpiresAt } }),
  );
};
