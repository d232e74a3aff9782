import { resolve } from 'node:path';
import { ok } from '../../domain/failure.ts';
import { imageLabels } from '../../domain/image-plan.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ports } from '../../ports/ports.ts';
import type { CliScript } from './claude-cli.ts';
import type { Pace } from './pace.ts';
import { createPracticeEngine, practiceImageSource } from './practice-engine.ts';
import { practiceAccount, practiceCode, spentTokens } from './practice-profiles.ts';
import { createPracticeRuntime } from './practice-runtime.ts';
import { withPrivateRoot } from './private-root.ts';

/** As people see it; the folder is below the practice's own root. */
export const practiceHome = '/home/practice';

/** The folder that everybody stands in there. */
export const practiceProject = `${practiceHome}/project`;

const belowProject = (path: string): string => resolve(practiceProject, path);

/** Variables that say how the terminal is, and nothing of the machine or of a login. */
const terminalVariables =
  /^(?:TERM|TERM_PROGRAM|TERM_PROGRAM_VERSION|COLORTERM|COLORFGBG|NO_COLOR|FORCE_COLOR|LANG|LC_\w+|VTE_VERSION|WT_SESSION|KITTY_WINDOW_ID|TMUX|STY|ConEmuANSI|INK_SCREEN_READER|CLAUDE_SETUP_REDUCED_MOTION|CLAUDE_SETUP_NO_BELL)$/;

export const terminalEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => terminalVariables.test(name)));

export interface PracticePortsInput {
  /** Real ports whose settings and HOME are below `root`: what they do to files stays as it is. */
  readonly real: Ports;
  readonly root: string;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Whether the setup image was built before. */
  readonly withImage: boolean;
}

const script: CliScript = {
  version: '2.1.330',
  mode: '',
  urlForm: null,
  hint: [
    '',
    'Practice: after a sign-in the browser would show a code.',
    `Type or paste this one:  ${practiceCode}`,
    '',
  ],
  stepMs: 500,
  ...practiceAccount,
};

/** What is real: nothing but what happens to files. A new port does not compile before somebody has said which it is. */
const realAs = {
  engines: 'played',
  imageSource: 'played',
  runtimes: 'played',
  emulator: 'played',
  store: 'files',
  seals: 'files',
  published: 'files',
  directories: 'files',
  changes: 'files',
  composeFiles: 'files',
  locks: 'files',
  cliLock: 'files',
  loginMarks: 'files',
  settings: 'files',
  projectFile: 'played',
  host: 'played',
  outputFiles: 'files',
  hooks: 'played',
  hookMemory: 'files',
  logReader: 'files',
  clock: 'played',
} as const satisfies Record<keyof Ports, 'played' | 'files'>;

type FilePort = {
  [Name in keyof Ports]: (typeof realAs)[Name] extends 'files' ? Name : never;
}[keyof Ports];

/** Everything outside played by scripts; store, settings and locks are the real ones, on a folder of their own. */
export const practicePorts = async (input: PracticePortsInput): Promise<Ports> => {
  const { real, root, clock, pace } = input;
  const now = () => clock.now();
  const { engine, fake } = createPracticeEngine({ now, pace });
  const shared = { now, pace, script, spent: spentTokens };
  const docker = createPracticeRuntime({ ...shared, kind: 'docker' });
  const sandbox = createPracticeRuntime({ ...shared, kind: 'sandbox' });
  const files = Object.fromEntries(
    Object.entries(real)
      .filter(([name]) => realAs[name as keyof Ports] === 'files')
      .map(([name, port]) => [name, withPrivateRoot(root, port)]),
  ) as unknown as Pick<Ports, FilePort>;
  const ports: Ports = {
    ...files,
    clock,
    emulator: real.emulator,
    imageSource: practiceImageSource,
    engines: {
      async find(signal) {
        await pace('answer', 400, signal);
        return { engine, attempts: [] };
      },
    },
    runtimes: { docker: () => docker, sandbox: () => sandbox },
    composeFiles: {
      sourceKind: (path) => files.composeFiles.sourceKind(path),
      // There is one project, wherever somebody stands.
      read: (_cwd, names) => files.composeFiles.read(practiceProject, names),
    },
    outputFiles: {
      writeNew: (path, ...rest) => files.outputFiles.writeNew(belowProject(path), ...rest),
      replace: (path, content) => files.outputFiles.replace(belowProject(path), content),
    },
    // Neither the folder that somebody stands in nor a command of theirs is any business of the practice.
    projectFile: {
      find: async () => ok(null),
      write: async () => ok({ path: belowProject('.claude-setup') }),
    },
    hooks: { run: async () => ok(undefined) },
    host: {
      env: { ...terminalEnvironment(real.host.env), HOME: practiceHome },
      homeDir: practiceHome,
      platform: 'linux',
      uid: real.host.uid,
      program: ['/usr/local/bin/claude-setup'],
      openBrowser: async () => ok(undefined),
      copy: async () => ok(undefined),
    },
  };
  if (input.withImage) await addImage(ports, fake.images, script.version);
  return ports;
};

const addImage = async (
  { settings, imageSource, clock }: Ports,
  images: ReturnType<typeof createPracticeEngine>['fake']['images'],
  version: string,
): Promise<void> => {
  const config = await settings.load();
  const plan = config.ok ? await imageSource.plan(config.value.image) : config;
  if (!plan.ok) return;
  const { tags, labels } = plan.value.request;
  for (const tag of tags)
    images.set(tag, {
      id: 'sha256:practice',
      tags,
      createdAt: clock.now() - 3 * 24 * 3600_000,
      size: 547_000_000,
      labels: { ...labels, [imageLabels.cliVersion]: version },
    });
};
