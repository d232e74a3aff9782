import { createHash, randomBytes } from 'node:crypto';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import { type SignInMethod, signInMethods } from '../../domain/profile.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerSpec, ContainerSummary, Engine } from '../../ports/engine.ts';
import type { Runtime } from '../../ports/runtime.ts';
import type { Session, TerminalSize } from '../../ports/session.ts';
import { runCliOnce } from './cli-run.ts';
import { owned, removeLeftJobs, startFullJob, startJob } from './job.ts';
import type { JobPlace } from './job-spec.ts';
import { configDir, labels, removeSurely } from './our-containers.ts';
import { createSignInRun } from './sign-in-run.ts';
import { findWorkingCopies, startWorkingCopy } from './working-copy.ts';

export interface DockerRuntimeOptions {
  readonly engine: Engine;
  /** Reference of the setup image. */
  readonly image: string;
  /** `name:address` lines for /etc/hosts of the containers. */
  readonly extraHosts: readonly string[];
  /** The settings home. Runs belong to it, so that two people on one engine do not find each other's. */
  readonly home: string;
  readonly clock: Clock;
  /** Whether a profile's login may be on no disk, also not on the engine's. */
  readonly isSealed?: (profile: string) => Promise<boolean>;
}

const commands: Readonly<Record<SignInMethod, readonly string[]>> = {
  'auth-login': ['claude', 'auth', 'login'],
  'full-screen': ['claude', '--dangerously-skip-permissions'],
  shell: ['bash'],
  'setup-token': ['claude', 'setup-token'],
};

const commonEnv = ['LANG=C.UTF-8', `CLAUDE_CONFIG_DIR=${configDir}`];
const terminalEnv = [...commonEnv, 'TERM=xterm-256color', 'COLORTERM=truecolor'];

/** The CLI in containers of the setup image. */
export const createDockerRuntime = ({
  engine,
  image,
  extraHosts,
  home,
  clock,
  isSealed = async () => false,
}: DockerRuntimeOptions): Runtime => {
  const homeLabel = createHash('sha256').update(home).digest('hex').slice(0, 12);
  const ownLabels = { [labels.home]: homeLabel };

  const keptFor = async (profile: string): Promise<Pick<ContainerSpec, 'kept'>> =>
    (await isSealed(profile)) ? { kept: { target: configDir, image } } : {};

  /** A container without a terminal. */
  const quietSpec = {
    image,
    env: commonEnv,
    labels: ownLabels,
    tty: false,
    size: null,
    extraHosts,
  } as const;

  const jobPlace: JobPlace = { engine, setupImage: image, extraHosts, ownLabels };

  const createSignIn = async (
    profile: string,
    method: SignInMethod,
    size: TerminalSize,
  ): Promise<Result<string>> => {
    const spec: ContainerSpec = {
      name: `claude-setup-sign-in-${profile}-${randomBytes(3).toString('hex')}`,
      image,
      command: commands[method],
      env: terminalEnv,
      labels: {
        ...ownLabels,
        [labels.role]: 'sign-in',
        [labels.profile]: profile,
        [labels.method]: method,
      },
      tty: true,
      size,
      extraHosts,
      ...(await keptFor(profile)),
    };
    const created = await engine.create(spec);
    if (created.ok || created.failure.code !== 'container.name-taken') return created;
    return engine.create({ ...spec, name: null });
  };

  const findRun = async (summary: ContainerSummary, profile: string, size: TerminalSize | null) => {
    const method = signInMethods.find((known) => known === summary.labels[labels.method]) ?? 'auth-login';
    const session = summary.running && size !== null ? await attachAgain(engine, summary.id, size) : ok(null);
    if (!session.ok) return session;
    return ok(
      createSignInRun(engine, {
        id: summary.id,
        profile,
        method,
        startedAt: summary.createdAt,
        session: session.value,
      }),
    );
  };

  return {
    kind: 'docker',
    async prepare(_onProgress, signal) {
      const found = await engine.image(image);
      if (!found.ok) return found;
      if (signal.aborted) return interrupted('The docker runtime did not get ready');
      if (found.value === null) {
        return fail(
          'image.missing',
          `There is no image ${image}`,
          'it was not built on this engine, or removed',
          'build it: claude-setup build',
        );
      }
      return ok({ description: `the Claude CLI in ${image} on ${engine.info.name} ${engine.info.version}` });
    },
    async startSignIn({ profile, method, size }, signal) {
      if (signal.aborted) return notStarted();
      const created = await createSignIn(profile.name, method, size);
      if (!created.ok) return created;
      const id = created.value;
      const session = await attachAndStart(engine, id, size, signal);
      if (!session.ok) {
        await removeSurely(engine, id);
        return session;
      }
      return ok(
        createSignInRun(engine, {
          id,
          profile: profile.name,
          method,
          startedAt: clock.now(),
          session: session.value,
        }),
      );
    },
    async findSignIns(profile, size) {
      const found = await engine.list({ ...ownLabels, [labels.role]: 'sign-in', [labels.profile]: profile });
      if (!found.ok) return found;
      const newestFirst = found.value.toSorted((a, b) => b.createdAt - a.createdAt);
      const runs = [];
      for (const summary of newestFirst) {
        const run = await findRun(summary, profile, size);
        if (!run.ok) return run;
        runs.push(run.value);
      }
      return ok(runs);
    },
    async runCli(args, lease, options) {
      // One that a killed process left holds a lease.
      await removeLeftJobs(jobPlace);
      const spec = {
        ...quietSpec,
        env: [...quietSpec.env, ...variableLines(options.env ?? {})],
        name: null,
        command: ['claude', ...args],
        labels: { ...ownLabels, [labels.role]: 'cli', ...(await owned()) },
        ...(await keptFor(options.profile)),
      };
      return runCliOnce(engine, clock, spec, lease, options);
    },
    startJob: (request, lease, signal) => startJob(jobPlace, request, lease, signal),
    startFullJob: async (request, copy, signal) =>
      startFullJob({ ...jobPlace, isKept: await isSealed(request.profile) }, clock, request, copy, signal),
    removeLeftJobs: () => removeLeftJobs(jobPlace),
    startRefresh: async (profile, copy, signal) => {
      const spec = { ...quietSpec, ...(await keptFor(profile)) };
      return startWorkingCopy({ engine, clock }, spec, profile, copy, signal);
    },
    findWorkingCopies: (profile) => findWorkingCopies({ engine, clock }, ownLabels, profile),
  };
};

const variableLines = (variables: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${value}`);

const notStarted = (): Result<never> => interrupted('The sign-in did not start');

/** Attaches before the start, so that nothing is missed. */
const attachAndStart = async (
  engine: Engine,
  id: string,
  size: TerminalSize,
  signal: AbortSignal,
): Promise<Result<Session>> => {
  const session = await engine.attach(id, size);
  if (!session.ok) return session;
  if (signal.aborted) return notStarted();
  const started = await engine.start(id);
  if (!started.ok) return started;
  return signal.aborted ? notStarted() : session;
};

/** A full-screen program draws again only when its size changes, so it gets another one first. */
const attachAgain = async (engine: Engine, id: string, size: TerminalSize) => {
  const session = await engine.attach(id, { ...size, rows: Math.max(1, size.rows - 1) });
  if (session.ok) session.value.resize(size);
  // It ended between the look and the attach: the same as a run that was found ended.
  return !session.ok && session.failure.code === 'container.missing' ? ok(null) : session;
};
