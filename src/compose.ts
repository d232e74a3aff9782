import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createComposeFiles } from './adapters/compose/compose-files.ts';
import { createEngines } from './adapters/docker/engines.ts';
import { createImageSource } from './adapters/docker/image-source.ts';
import { createDockerRuntime } from './adapters/docker/runtime.ts';
import { systemClock } from './adapters/host/clock.ts';
import { createHooks } from './adapters/host/hooks.ts';
import { createHost } from './adapters/host/host.ts';
import { createOutputFiles } from './adapters/host/output-files.ts';
import { createProjectFile } from './adapters/host/project-file.ts';
import { createLogReader } from './adapters/log/log-reader.ts';
import { createEmulator } from './adapters/pty/emulator.ts';
import { createSandboxRuntime } from './adapters/sandbox/runtime.ts';
import { createAuthDirectories } from './adapters/store/auth-directories.ts';
import { createChanges } from './adapters/store/changes.ts';
import { createCliLock } from './adapters/store/cli-lock.ts';
import { createHookMemory } from './adapters/store/hook-memory.ts';
import { createLocks } from './adapters/store/locks.ts';
import { createLoginMarks } from './adapters/store/login-marks.ts';
import { createPublishedDirectories } from './adapters/store/published.ts';
import { type Keyring, systemKeyring } from './adapters/store/seal/keyring.ts';
import { createSealedStore } from './adapters/store/seal/sealed-store.ts';
import { createSettings } from './adapters/store/settings.ts';
import { settingsHome } from './adapters/store/settings-home.ts';
import type { Clock } from './ports/clock.ts';
import type { Ports } from './ports/ports.ts';

export interface ComposeInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly clock?: Clock;
  readonly keyring?: Keyring;
}

/** The real ports. Making them costs nothing: each loads what it stands on when it is first used. */
export const createPorts = ({
  env,
  platform,
  clock = systemClock,
  keyring = systemKeyring(),
}: ComposeInput): Ports => {
  const homeDir = env.HOME || homedir();
  const uid = process.getuid?.() ?? null;
  const home = settingsHome(env, homeDir, platform);
  return {
    engines: createEngines({ env, homeDir, uid }),
    // From src/ and from the bundle in dist/ alike.
    imageSource: createImageSource({ dockerDir: fileURLToPath(new URL('../docker', import.meta.url)) }),
    runtimes: {
      docker: (engine, { reference, settings }) =>
        createDockerRuntime({ engine, image: reference, extraHosts: settings.extraHosts, home, clock }),
      sandbox: () => createSandboxRuntime({ home, env, platform, uid, clock }),
    },
    emulator: createEmulator(),
    ...createSealedStore({
      uid,
      now: () => clock.now(),
      keyring,
      passphraseFile: env.CLAUDE_SETUP_PASSPHRASE_FILE || null,
    }),
    published: createPublishedDirectories({ uid }),
    directories: createAuthDirectories({ uid }),
    changes: createChanges({ home }),
    composeFiles: createComposeFiles({ env, homeDir }),
    locks: createLocks({ home, clock }),
    cliLock: createCliLock({ clock }),
    loginMarks: createLoginMarks({ home }),
    settings: createSettings({ home, clock }),
    projectFile: createProjectFile({ homeDir }),
    host: createHost({ env, homeDir, platform, uid, program: [process.execPath, process.argv[1] ?? ''] }),
    outputFiles: createOutputFiles(),
    hooks: createHooks({ env }),
    hookMemory: createHookMemory({ home }),
    logReader: createLogReader(home),
    clock,
  };
};
