import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemClock } from './adapters/host/clock.ts';
import { createProjectFile } from './adapters/host/project-file.ts';
import { lazily } from './adapters/lazily.ts';
import { createLogReader } from './adapters/log/log-reader.ts';
import { createLoginMarks } from './adapters/store/login-marks.ts';
import { createPlainFirstStore } from './adapters/store/plain-first-store.ts';
import { type Keyring, systemKeyring } from './adapters/store/seal/keyring.ts';
import { createSettings } from './adapters/store/settings.ts';
import { settingsHome } from './adapters/store/settings-home.ts';
import type { Clock } from './ports/clock.ts';
import type { Ports } from './ports/ports.ts';
import type { Seals } from './ports/seals.ts';
import type { Settings } from './ports/settings.ts';

export interface ComposeInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly clock?: Clock;
  readonly keyring?: Keyring;
  /** Aborted when the person wants to leave. */
  readonly interruption?: AbortSignal;
}

/** A user without an entry in the system's list has none; then nothing can be there, and what needs it says so. */
const homeOfUser = (): string => {
  try {
    return homedir();
  } catch {
    return '/nonexistent';
  }
};

/** The real ports. Making them costs nothing: only those that nearly every command uses are imported here, the others at their first call. */
export const createPorts = ({
  env,
  platform,
  clock = systemClock,
  keyring = systemKeyring(),
  interruption,
}: ComposeInput): Ports => {
  const homeDir = env.HOME || homeOfUser();
  const uid = process.getuid?.() ?? null;
  const home = settingsHome(env, homeDir, platform);
  const machine = { env, homeDir, platform, uid, program: [process.execPath, process.argv[1] ?? ''] };
  const settings = createSettings({ home, clock });
  const { store, seals } = createPlainFirstStore({
    uid,
    now: () => clock.now(),
    keyring,
    passphraseFile: env.CLAUDE_SETUP_PASSPHRASE_FILE || null,
  });
  return {
    engines: lazily({}, async () =>
      (await import('./adapters/docker/engines.ts')).createEngines({
        env,
        homeDir,
        uid,
        interruption,
      }),
    ),
    // From src/ and from the bundle in dist/ alike.
    imageSource: lazily({}, async () =>
      (await import('./adapters/docker/image-source.ts')).createImageSource({
        dockerDir: fileURLToPath(new URL('../docker', import.meta.url)),
      }),
    ),
    runtimes: {
      docker: (engine, { reference, settings: { extraHosts } }) =>
        lazily({ kind: 'docker' as const }, async () =>
          (await import('./adapters/docker/runtime.ts')).createDockerRuntime({
            engine,
            image: reference,
            extraHosts,
            home,
            clock,
            isSealed: sealedProfileTest(settings, seals),
          }),
        ),
      sandbox: () =>
        lazily({ kind: 'sandbox' as const }, async () =>
          (await import('./adapters/sandbox/runtime.ts')).createSandboxRuntime({
            home,
            env,
            platform,
            uid,
            clock,
            isSealed: sealedProfileTest(settings, seals),
          }),
        ),
    },
    emulator: lazily({}, async () => (await import('./adapters/pty/emulator.ts')).createEmulator()),
    store,
    seals,
    published: lazily({}, async () =>
      (await import('./adapters/store/published.ts')).createPublishedDirectories({ uid }),
    ),
    directories: lazily({}, async () =>
      (await import('./adapters/store/auth-directories.ts')).createAuthDirectories({ uid }),
    ),
    changes: lazily({}, async () => (await import('./adapters/store/changes.ts')).createChanges({ home })),
    composeFiles: lazily({}, async () =>
      (await import('./adapters/compose/compose-files.ts')).createComposeFiles({ env, homeDir }),
    ),
    locks: lazily({}, async () => (await import('./adapters/store/locks.ts')).createLocks({ home, clock })),
    cliLock: lazily({}, async () => (await import('./adapters/store/cli-lock.ts')).createCliLock({ clock })),
    loginMarks: createLoginMarks({ home }),
    settings,
    projectFile: createProjectFile({ homeDir }),
    host: lazily(machine, async () => (await import('./adapters/host/host.ts')).createHost(machine)),
    outputFiles: lazily({}, async () =>
      (await import('./adapters/host/output-files.ts')).createOutputFiles(),
    ),
    hooks: lazily({}, async () => (await import('./adapters/host/hooks.ts')).createHooks({ env })),
    hookMemory: lazily({}, async () =>
      (await import('./adapters/store/hook-memory.ts')).createHookMemory({ home }),
    ),
    logReader: createLogReader(home),
    clock,
  };
};

/** Whether the directory of a profile is sealed. */
const sealedProfileTest =
  (settings: Settings, seals: Seals) =>
  async (name: string): Promise<boolean> => {
    const config = await settings.load();
    const profile = config.ok
      ? config.value.profiles.find((candidate) => candidate.name === name)
      : undefined;
    return profile !== undefined && (await seals.keyOf(profile.authDir)) !== null;
  };
