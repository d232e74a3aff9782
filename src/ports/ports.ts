import type { AuthDirectories } from './auth-directories.ts';
import type { AuthStore } from './auth-store.ts';
import type { Changes } from './changes.ts';
import type { CliLock } from './cli-lock.ts';
import type { Clock } from './clock.ts';
import type { ComposeFiles } from './compose-files.ts';
import type { LogReader } from './debug-log.ts';
import type { Emulator } from './emulator.ts';
import type { Engine, Engines, ImagePlan } from './engine.ts';
import type { HookMemory } from './hook-memory.ts';
import type { Hooks } from './hooks.ts';
import type { Host } from './host.ts';
import type { ImageSource } from './image-source.ts';
import type { Locks } from './locks.ts';
import type { LoginMarks } from './login-marks.ts';
import type { OutputFiles } from './output-files.ts';
import type { ProjectFile } from './project-file.ts';
import type { PublishedDirectories } from './published.ts';
import type { Runtime } from './runtime.ts';
import type { Seals } from './seals.ts';
import type { Settings } from './settings.ts';

/** Everything outside that the use cases may ask. The composition root builds the real ones, tests hand in fakes. */
export interface Ports {
  readonly engines: Engines;
  readonly imageSource: ImageSource;
  readonly runtimes: {
    /** The setup image of `plan`, with its extra hosts, on `engine`. */
    docker(engine: Engine, plan: ImagePlan): Runtime;
    /** The CLI on this host, with a private HOME. */
    sandbox(): Runtime;
  };
  readonly emulator: Emulator;
  readonly store: AuthStore;
  readonly seals: Seals;
  readonly published: PublishedDirectories;
  readonly directories: AuthDirectories;
  readonly changes: Changes;
  readonly composeFiles: ComposeFiles;
  readonly locks: Locks;
  readonly cliLock: CliLock;
  readonly loginMarks: LoginMarks;
  readonly settings: Settings;
  readonly projectFile: ProjectFile;
  readonly host: Host;
  readonly outputFiles: OutputFiles;
  readonly hooks: Hooks;
  readonly hookMemory: HookMemory;
  readonly logReader: LogReader;
  readonly clock: Clock;
}
